import type { Mac } from '../../core/ids.ts';

/** A network device that is here now. */
export interface PresentDevice {
  readonly name: string;
  readonly ifindex: number;
  readonly mac: Mac;
}

/** A file of ours that a neighbour reads. */
interface Notice {
  readonly path: string;
  readonly text: string;
}

/** One piece of software that configures network devices. Failures are thrown as errors whose message says what was tried. */
export interface Neighbour {
  readonly name: string;
  /** Whether it is on this node, running or not: it may be started at any time. */
  isHere(): boolean;
  /** What keeps it off the device with this MAC, before it comes and for as long as the files are there. */
  notices(mac: Mac): readonly Notice[];
  /** Paths of all notices, whatever the MAC they were written for. */
  noticePaths(): readonly string[];
  /** Makes it read its notices, or that they are gone. */
  rereadNotices(patienceMs: number): Promise<void>;
  /** Whether it has the device in its hands now. */
  holds(device: PresentDevice): boolean;
  /** Takes a device out of its hands that it took before the notices were there; resolves when it has let go. */
  takeFrom(device: PresentDevice, patienceMs: number): Promise<void>;
  /** What keeps it from being told, in words; `undefined`: nothing. */
  deafTo(device: PresentDevice | undefined): string | undefined;
}
