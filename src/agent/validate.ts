import { AgentError } from '../core/failure.ts';
import { obstacles } from '../core/obstacles.ts';
import { nameOfTarget } from '../core/settings.ts';
import { warnOfRaised } from './mtu.ts';
import { warnOfUnservable } from './servable.ts';
import type { Task } from './task.ts';
import { complete } from './view.ts';

/** At and above this level the environment is looked at; below it, parameters alone. Source: OCF 1.1, "Check levels". */
const LEVEL_ENVIRONMENT = 10;

/**
 * Whether a start with these settings could go well on this node, as far as `level` lets one look. That the values
 * themselves are right is known before.
 * @throws {AgentError} `node`, with every obstacle found; or why it could not be told
 */
export async function validate(task: Task, level: number): Promise<void> {
  const { ports, settings } = task;
  const name = nameOfTarget(settings);
  if (level < LEVEL_ENVIRONMENT) {
    ports.log.tell(
      `the parameters for ${name} are well-formed; 'crm_resource --validate=${LEVEL_ENVIRONMENT}' also looks whether a start could go well on this node`,
    );
    return;
  }
  const identity = await ports.metadata.identity();
  const ec2 = ports.networkInterfaces(settings.region ?? identity.region);
  const known = await complete(task, { identity, ec2, pauses: [].values() });
  const found = obstacles(known, settings);
  if (found.length > 0) throw new AgentError('node', found.join('; '));
  warnOfRaised(task, known.mtu);
  warnOfUnservable(task, known.unservable);
  const holder = known.eni.attachment?.instanceId ?? 'no instance';
  ports.log.tell(
    `${known.eni.id} (${known.eni.addresses.join(', ')}) is attached to ${holder}; a start on this node, ${identity.instanceId}, could go well`,
  );
}
