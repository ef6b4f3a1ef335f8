import { contains } from '../core/address.ts';
import type { Eni, Subnet } from '../core/eni.ts';
import { AgentError, asAgentError } from '../core/failure.ts';
import type { NetworkInterfaces } from '../ports/agent.ts';
import { askMetadata } from './identify.ts';
import { persist } from './persist.ts';
import { seekAdvice } from './seek-advice.ts';
import type { Task } from './task.ts';
import type { View } from './view.ts';

type Learnt = Pick<View, 'subnet' | 'subnetUntold'>;

/**
 * The ENI's subnet from EC2, before anything is changed. Only a rule for the whole subnet must know it by then, for it
 * could catch what the node itself sends; else it is asked for again once the ENI is here.
 * @throws {AgentError} where it must be known and EC2 refuses to tell it
 */
export async function lookUpSubnet(task: Task, view: View, eni: Eni): Promise<Learnt> {
  const { ec2, identity, subnet, subnetUntold, remembered } = view;
  if (subnet !== undefined || subnetUntold !== undefined) return { subnet, subnetUntold };
  const isHere = eni.attachment?.instanceId === identity.instanceId;
  if (task.settings.ruleFrom === 'subnet' && !isHere) {
    return { subnet: await mustLookUp(task, ec2, eni) };
  }
  const advice = await seekAdvice(task, () => ec2.subnet(eni.subnetId));
  if ('told' in advice) return { subnet: advice.told };
  if (remembered?.eniId === eni.id && covers(remembered.subnetCidrs, eni)) {
    return { subnet: { id: eni.subnetId, cidrs: remembered.subnetCidrs } };
  }
  task.ports.log.warn(
    `could not learn the networks of ${eni.subnetId}: ${advice.untold.message}; the metadata service tells them once ${eni.id} is attached here, which can take longer`,
  );
  return { subnetUntold: advice.untold };
}

async function mustLookUp(task: Task, ec2: NetworkInterfaces, { subnetId }: Eni): Promise<Subnet> {
  try {
    return await persist(task, `describing ${subnetId}`, () => ec2.subnet(subnetId));
  } catch (thrown) {
    const error = asAgentError(thrown);
    throw new AgentError(
      error.kind,
      `${error.message}; or use rule_from=addresses, or give the networks themselves as rule_from`,
      { cause: error },
    );
  }
}

/** One more look for what EC2 did not tell at first, once the ENI is here. */
export async function lookUpSubnetHere(
  task: Task,
  { ec2, subnetUntold: untold }: View,
  eni: Eni,
): Promise<Subnet | undefined> {
  task.deadline.doing(
    `waiting for the metadata service to tell the networks of ${eni.subnetId}, which EC2 did not tell (${untold?.message ?? 'not asked'})`,
  );
  const metadata = await askMetadata(task, { eniId: eni.id });
  // It shows the values of a new interface one by one.
  if (metadata.state === 'present' && covers(metadata.value.subnetCidrs, eni)) {
    return { id: eni.subnetId, cidrs: metadata.value.subnetCidrs };
  }
  if (untold !== undefined && untold.kind !== 'transient') return undefined;
  const advice = await seekAdvice(task, () => ec2.subnet(eni.subnetId));
  return 'told' in advice ? advice.told : undefined;
}

/** Whether each address of the ENI is in one of the networks. */
function covers(cidrs: Subnet['cidrs'], { addresses }: Eni): boolean {
  return addresses.every((address) => cidrs.some((cidr) => contains(cidr, address)));
}
