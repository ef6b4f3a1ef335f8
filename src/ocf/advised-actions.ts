import type { Action, ActionSpec } from './actions.ts';
import { actions } from './actions.ts';

/** Monitors that are advised: one from local evidence, one that also asks AWS, one that also asks the router. */
const MONITORS: readonly ActionSpec[] = [
  actions.monitor,
  { ...actions.monitor, timeoutMs: 60_000, intervalMs: 300_000, depth: 10 },
  { ...actions.monitor, timeoutMs: 60_000, intervalMs: 600_000, depth: 20 },
];

/** The operations that a cluster is advised to configure; `usage` is none. */
export const advisedActions: readonly (readonly [name: Action, spec: ActionSpec])[] = (
  Object.entries(actions) as readonly (readonly [Action, ActionSpec])[]
)
  .filter(([name]) => name !== 'usage')
  .flatMap(([name, spec]) =>
    (name === 'monitor' ? MONITORS : [spec]).map((one): readonly [Action, ActionSpec] => [name, one]),
  );
