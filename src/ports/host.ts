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
}

/** `idle`: neither running nor to be started at boot. */
export type UnitState = 'active' | 'enabled' | 'idle';
