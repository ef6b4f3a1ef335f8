import type { Eni, Identity } from '../core/eni.ts';
import type { Kernel } from '../core/kernel.ts';
import type { DesiredMtu } from '../core/mtu.ts';
import { desiredMtu } from '../core/mtu.ts';
import type { Reading } from '../core/reading.ts';
import { absent, present, unknown } from '../core/reading.ts';
import type { Traits } from '../core/service.ts';
import { serviceOf } from '../core/service.ts';
import type { NetworkInterfaces } from '../ports/agent.ts';
import { askMetadata, wholeState } from './identify.ts';
import { readKernel, traitsInKernel } from './local-network.ts';
import { findDefaultDevices } from './mtu.ts';
import { servableTraits } from './servable.ts';
import type { Task } from './task.ts';
import { targetOf } from './task.ts';
import { told } from './told.ts';

/** What is true now, from all sources at once; what one of them does not tell is unknown, and the others stand. */
export interface Survey {
  readonly here: Reading<Identity>;
  /** As EC2 describes it; `absent`: EC2 knows no such ENI. */
  readonly eni: Reading<Eni>;
  readonly kernel: Reading<Kernel>;
  /** Of the ENI, by whoever tells them: EC2, the state that start left, the metadata service, this node's kernel. */
  readonly traits: Traits | undefined;
  /** What the MTU of the ENI's device should be; `undefined`: nobody says, or what it is will do. */
  readonly mtu: DesiredMtu | undefined;
}

/** Looks once. Changes nothing. */
export async function survey(task: Task): Promise<Survey> {
  task.deadline.doing('asking EC2, the metadata service and the kernel');
  const [here, kernel] = await Promise.all([
    told(() => task.ports.metadata.identity()),
    told(() => readKernel(task)),
  ]);
  const region = task.settings.region ?? (here.state === 'present' ? here.value.region : undefined);
  const ec2 = region === undefined ? undefined : task.ports.networkInterfaces(region);
  const eni = ec2 === undefined ? unknownRegion(here) : await findEni(task, ec2);
  const traits =
    (ec2 !== undefined && eni.state === 'present' ? await traitsByEc2(task, ec2, eni.value) : undefined) ??
    (await wholeState(task))?.service ??
    (await traitsByMetadata(task)) ??
    (kernel.state === 'present' ? traitsInKernel(kernel.value, task.settings) : undefined) ??
    (eni.state === 'present' ? serviceOf(eni.value, undefined) : undefined);
  const mtu =
    kernel.state === 'present' && traits !== undefined
      ? desiredMtu(traits, task.settings, kernel.value, await findDefaultDevices(task))
      : undefined;
  return { here, eni, kernel, traits, mtu };
}

async function traitsByEc2(task: Task, ec2: NetworkInterfaces, eni: Eni): Promise<Traits | undefined> {
  const subnet = await told(() => ec2.subnet(eni.subnetId));
  return subnet.state === 'present' ? servableTraits(task, serviceOf(eni, subnet.value)) : undefined;
}

async function findEni(task: Task, ec2: NetworkInterfaces): Promise<Reading<Eni>> {
  const found = await told(() => ec2.find(targetOf(task.settings)));
  if (found.state !== 'present') return found;
  return found.value === undefined ? absent : present(found.value);
}

async function traitsByMetadata(task: Task): Promise<Traits | undefined> {
  const metadata = await askMetadata(task);
  return metadata.state === 'present' ? metadata.value : undefined;
}

function unknownRegion(here: Reading<Identity>): Reading<never> {
  return unknown(
    `EC2 was not asked, for nobody told the region${here.state === 'unknown' ? `: ${here.because}` : ''}`,
  );
}
