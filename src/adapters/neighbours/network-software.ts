import type { PresentDevice } from './present-device.ts';

/**
 * Software that configures network devices. Failures are thrown as errors whose message says what was tried; a time `untilMs`
 * is one of `performance.now()`.
 */
export interface NetworkSoftware {
  readonly name: string;
  /** Whether it is on this node, running or not: it may be started at any time. */
  isInstalled(): boolean;
  runs(untilMs: number): Promise<boolean>;
  /** Whether it has the device in its hands now. */
  holds(device: PresentDevice, untilMs: number): Promise<boolean>;
  /** Takes from it a device that it had before it was told to leave it alone; resolves when it has let go. */
  takeFrom(device: PresentDevice, untilMs: number): Promise<void>;
  /** What has it configure the device whatever it is told, and what to do; `undefined`: nothing. */
  obstacle(device: PresentDevice | undefined): string | undefined;
}
