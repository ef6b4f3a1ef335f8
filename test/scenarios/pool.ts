/** Things of a kind that take long to make, each used by one test at a time and then by the next. */
export interface Pool<T> {
  /** `work` with one that nobody else uses meanwhile, in whatever state the last one left it. */
  use<R>(work: (thing: T) => Promise<R>): Promise<R>;
  /** What `look` finds in each that was made. */
  each<R>(look: (thing: T) => Promise<R>): Promise<readonly R[]>;
  close(): Promise<void>;
}

/** As many are made as are used at the same time. */
export function createPool<T extends { close(): Promise<void> }>(create: () => Promise<T>): Pool<T> {
  const all: T[] = [];
  const free: T[] = [];
  return {
    use: async (work) => {
      let thing = free.pop();
      if (thing === undefined) {
        thing = await create();
        all.push(thing);
      }
      try {
        return await work(thing);
      } finally {
        free.push(thing);
      }
    },
    each: (look) => Promise.all(all.map(look)),
    close: async () => {
      await Promise.all(all.map((thing) => thing.close()));
    },
  };
}
