import type { Health } from '../core/assess.ts';

export type Broken = Extract<Health, { is: 'broken' }>;

/** What is missing of a service that should be here whole: where a device is, a node without the rest of it is damaged, too. */
export function damageIn(health: Exclude<Health, { is: 'running' }>): Broken {
  return health.is === 'broken' ? health : { is: 'broken', missing: health.missing, there: [] };
}
