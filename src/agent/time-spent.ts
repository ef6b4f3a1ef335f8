/** What an action's time goes to: each activity has all the time in which it was done, in one piece or in many. */
export interface TimeSpent {
  /** What is done from now on, whenever nothing is done `beside`. */
  turnTo(activity: string): void;
  /** What is done from now on as well. @returns to be called at its end */
  beside(activity: string): () => void;
  /** What was said last about an activity. */
  note(activity: string, said: string): void;
  /** What took the most time, and what took nearly as much, with what was said about each. */
  most(): string;
}

interface Entry {
  readonly activity: string;
  spentMs: number;
  said: string | undefined;
}

/** An activity that took less than this share of what the longest took is not told: it did not make the difference. */
const TOLD_SHARE = 0.5;

export function measureTimeSpent(nowMs: () => number, sinceMs: number, first: string): TimeSpent {
  const entries = new Map<string, Entry>();
  const entryOf = (activity: string): Entry => {
    const entry = entries.get(activity) ?? { activity, spentMs: 0, said: undefined };
    entries.set(activity, entry);
    return entry;
  };
  let inTurn = entryOf(first);
  let beside: readonly Entry[] = [];
  let countedMs = sinceMs;
  const count = (): void => {
    const passedMs = nowMs() - countedMs;
    countedMs += passedMs;
    for (const entry of new Set(beside.length > 0 ? beside : [inTurn])) entry.spentMs += passedMs;
  };
  return {
    turnTo: (activity) => {
      count();
      inTurn = entryOf(activity);
    },
    beside: (activity) => {
      count();
      const entry = entryOf(activity);
      beside = [...beside, entry];
      return () => {
        count();
        beside = beside.toSpliced(beside.indexOf(entry), 1);
      };
    },
    note: (activity, said) => {
      entryOf(activity).said = said;
    },
    most: () => {
      count();
      const longestMs = Math.max(...[...entries.values()].map(({ spentMs }) => spentMs));
      return [...entries.values()]
        .filter(({ spentMs }) => spentMs > 0 && spentMs >= longestMs * TOLD_SHARE)
        .map(({ activity, said }) => (said === undefined ? activity : `${activity}: ${said}`))
        .join(' and ');
    },
  };
}
