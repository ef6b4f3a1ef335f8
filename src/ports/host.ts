import type { Reading } from '../core/reading.ts';

/** This node as its files and programs show it. Nothing here changes anything. */
export interface Host {
  /** What the program says of its version, one line; `absent`: it is not installed. */
  programVersion(program: string): Promise<Reading<string>>;
  /** Whether a unit of systemd runs, or will at the next boot; `absent`: there is no such unit. */
  unit(name: string): Promise<Reading<UnitState>>;
  /** Of a text file; `absent`: there is none. */
  file(path: string): Promise<Reading<string>>;
  /** Names in a directory; empty where there is none. */
  names(directory: string): Promise<readonly string[]>;
  /**
   * What a monitor of the agent says of a resource, which changes nothing.
   * @param context the SELinux context that it runs in; `undefined`: this process's own
   * @returns `unknown`: it could not be run there
   */
  monitor(resource: MonitoredResource, context: string | undefined): Promise<Reading<MonitorAnswer>>;
}

export interface MonitoredResource {
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface MonitorAnswer {
  /** OCF's: 0, it serves; 7, it does not. */
  readonly exitCode: number;
  /** What Pacemaker would show; empty without one. */
  readonly reason: string;
}

/** `idle`: neither running nor to be started at boot. */
export type UnitState = 'active' | 'enabled' | 'idle';
