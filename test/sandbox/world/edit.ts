import { instanceOf } from './power.ts';
import { replaceAttachment, replaceEni, replaceInstance } from './replace.ts';
import type { Attachment, Eni, Instance, SecurityGroup, WorldState } from './world-state.ts';

/** What somebody changed in the console. */
export type Edit =
  | ({ readonly eni: string } & Partial<Pick<Eni, 'sourceDestCheck' | 'groups' | 'tags' | 'description'>> &
      Partial<Pick<Attachment, 'deleteOnTermination'>>)
  | ({ readonly instance: string } & Partial<Pick<Instance, 'tags' | 'metadataOptions'>>)
  | ({ readonly group: string } & Partial<Pick<SecurityGroup, 'admits'>>);

export function edit(state: WorldState, what: Edit): WorldState {
  if ('instance' in what) {
    const { instance, ...change } = what;
    return replaceInstance(state, { ...instanceOf(state, instance), ...change });
  }
  if ('group' in what) {
    const { group, ...change } = what;
    const found = state.securityGroups[group];
    if (found === undefined) throw new Error(`no security group ${group}`);
    return { ...state, securityGroups: { ...state.securityGroups, [group]: { ...found, ...change } } };
  }
  const { eni, deleteOnTermination, ...change } = what;
  const found = state.enis[eni];
  if (found === undefined) throw new Error(`no ENI ${eni}`);
  const next = replaceEni(state, { ...found, ...change });
  return deleteOnTermination === undefined
    ? next
    : replaceAttachment(next, { ...found, ...change }, { deleteOnTermination });
}
