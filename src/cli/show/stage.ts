import type { Survey } from '../../agent/survey.ts';
import type { Finding } from './finding.ts';

/**
 * Where the ENI is on its way, in words. `isSteady`: it stays so until somebody decides otherwise.
 */
export interface Stage {
  readonly name: string;
  readonly isSteady: boolean;
}

export function stageOf({ eni, here }: Survey, findings: readonly Finding[]): Stage {
  if (eni.state === 'unknown') return { name: 'not known', isSteady: true };
  const attachment = eni.state === 'present' ? eni.value.attachment : undefined;
  if (attachment === undefined) return { name: 'held by nobody', isSteady: true };
  const isHere = here.state === 'present' && attachment.instanceId === here.value.instanceId;
  const who = isHere ? 'this node' : attachment.instanceId;
  if (attachment.status === 'detaching') return { name: `leaving ${who}`, isSteady: false };
  if (attachment.status === 'attaching') return { name: `coming to ${who}`, isSteady: false };
  if (!isHere) return { name: `held by ${who}`, isSteady: true };
  const ofKernel = findings.filter(({ about }) => about !== 'holder' && about !== 'cluster');
  if (ofKernel.every(({ status }) => status === 'ok'))
    return { name: 'held by this node, and served', isSteady: true };
  const device = ofKernel.find(({ about }) => about === 'device');
  return device?.status === 'missing'
    ? { name: 'held by this node, no device yet', isSteady: false }
    : { name: 'held by this node, served in part', isSteady: false };
}

/** A stage that was seen, and when. */
export interface Seen extends Stage {
  readonly sinceMs: number;
}

/** The stages so far, and the one that is seen now. Those before the last steady one are over and forgotten. */
export function follow(seen: readonly Seen[], stage: Stage, nowMs: number): readonly Seen[] {
  const last = seen.at(-1);
  if (last?.name === stage.name) return seen;
  // What a move began with is kept until the next one begins.
  const isNewMove = last?.isSteady === true && seen.length > 1;
  return [...(isNewMove ? seen.slice(-1) : seen), { ...stage, sinceMs: nowMs }];
}
