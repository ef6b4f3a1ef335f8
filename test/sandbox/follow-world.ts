import type { Clock } from './service-context.ts';
import type { Vpc } from './start-vpc.ts';
import type { World } from './world/create-world.ts';

export interface Following {
  /** To be called after each operation on the world. */
  follow(): void;
  /** Returns when all events so far have been carried out. */
  followed(): Promise<void>;
  /** Does something to machines, after all events so far. */
  inTurn(job: () => Promise<void>): Promise<void>;
}

/** Carries out what happens to devices, one thing after the other, when it falls due. @param failed told of what could not be done */
export function followWorld(
  world: World,
  vpc: Vpc,
  clock: Clock,
  failed: (problem: string) => void,
): Following {
  let done: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const follow = (): void => {
    const nowMs = clock.nowMs();
    for (const event of world.advance(nowMs)) {
      const { enis, instances } = world.actual(nowMs);
      const isHung = instances[event.instanceId]?.hung ?? false;
      done = done
        .then(() => vpc.carryOut(event, enis[event.eniId], isHung))
        .catch((error: unknown) => failed(`${event.is} ${event.eniId}: ${error}`));
    }
    clearTimeout(timer);
    const dueMs = world.nextDueMs();
    if (dueMs !== undefined) timer = setTimeout(follow, Math.max(0, Math.ceil(dueMs - nowMs)));
  };
  return {
    follow,
    followed: async () => {
      follow();
      await done;
    },
    inTurn: (job) => {
      follow();
      const turn = done.then(job);
      done = turn.catch(() => {});
      return turn;
    },
  };
}
