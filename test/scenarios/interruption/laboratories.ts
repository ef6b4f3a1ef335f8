import type { Laboratory } from './laboratory.ts';
import { openLaboratory } from './laboratory.ts';

/** As many as are used at the same time. */
export interface Laboratories {
  /** `work` in a laboratory that nobody else uses meanwhile, in whatever state the last one left it. */
  use<T>(work: (lab: Laboratory) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export function openLaboratories(): Laboratories {
  const opened: Laboratory[] = [];
  const free: Laboratory[] = [];
  return {
    use: async (work) => {
      let lab = free.pop();
      if (lab === undefined) {
        lab = await openLaboratory();
        opened.push(lab);
      }
      try {
        return await work(lab);
      } finally {
        free.push(lab);
      }
    },
    close: async () => {
      for (const lab of opened) await lab.close();
    },
  };
}
