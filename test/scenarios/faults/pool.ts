/** So many things of a kind, each used by one at a time. */
export interface Pool<T> {
  open(): Promise<void>;
  /** Waits until one is free. */
  use<R>(work: (thing: T) => Promise<R>): Promise<R>;
  each<R>(work: (thing: T) => Promise<R>): Promise<readonly R[]>;
  close(): Promise<void>;
}

export function createPool<T extends { close(): Promise<void> }>(
  size: number,
  create: () => Promise<T>,
): Pool<T> {
  let all: readonly T[] = [];
  let free: readonly T[] = [];
  let waiting: readonly ((thing: T) => void)[] = [];
  const take = async (): Promise<T> => {
    const [thing, ...others] = free;
    if (thing === undefined) {
      return new Promise((resolve) => {
        waiting = [...waiting, resolve];
      });
    }
    free = others;
    return thing;
  };
  const give = (thing: T): void => {
    const [next, ...others] = waiting;
    if (next === undefined) {
      free = [...free, thing];
      return;
    }
    waiting = others;
    next(thing);
  };
  return {
    open: async () => {
      all = await Promise.all(Array.from({ length: size }, create));
      free = all;
    },
    use: async (work) => {
      const thing = await take();
      try {
        return await work(thing);
      } finally {
        give(thing);
      }
    },
    each: (work) => Promise.all(all.map(work)),
    close: async () => {
      await Promise.all(all.map((thing) => thing.close()));
    },
  };
}
