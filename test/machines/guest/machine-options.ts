import type { Hotplug } from './guest-command.ts';

/** What a node that is a machine is like. */
export interface MachineOptions {
  /** Directory of the image that it boots. */
  readonly image: string;
  /** Added to the kernel's command line. */
  readonly kernelParameters?: string;
  /** Default: ACPI. */
  readonly hotplug?: Hotplug;
  /** Default 1,024. */
  readonly memoryMiB?: number;
  /** Default 1. */
  readonly processors?: number;
}
