/** Where requests stand still until a test lets them go on. */
export interface Gate {
  /** Resolves once the gate is opened after this. */
  stand(): Promise<void>;
  /** Resolves once a request stands here. */
  occupied(): Promise<void>;
  /** Lets go on what stands here now. */
  open(): void;
}

export function createGate(): Gate {
  let standing: readonly (() => void)[] = [];
  let watchers: readonly (() => void)[] = [];
  return {
    stand: () =>
      new Promise((resolve) => {
        standing = [...standing, resolve];
        for (const tell of watchers) tell();
        watchers = [];
      }),
    occupied: () =>
      new Promise((resolve) => {
        if (standing.length > 0) resolve();
        else watchers = [...watchers, resolve];
      }),
    open: () => {
      for (const goOn of standing) goOn();
      standing = [];
    },
  };
}
