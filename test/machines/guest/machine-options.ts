import type { Hotplug } from './guest-command.ts';

/** Where the agent is in a machine, as the package has it. */
export const INSTALLED_AGENT = '/usr/lib/ocf/resource.d/custom/aws-eni';

/** What a node that is a machine is like. */
export interface MachineOptions {
  /** Directory of the image that it boots. */
  readonly image: string;
  /** The executable of the agent that is installed when the machine starts for the first time. */
  readonly agent: string;
  /** Added to the kernel's command line. */
  readonly kernelParameters?: string;
  /** Default: ACPI. */
  readonly hotplug?: Hotplug;
  /** Default 1,024. */
  readonly memoryMiB?: number;
  /** Default 1. */
  readonly processors?: number;
}
