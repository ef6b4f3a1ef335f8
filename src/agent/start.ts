import { assess } from '../core/assess.ts';
import { desiredNetwork } from '../core/desired.ts';
import { deviceWithMac } from '../core/kernel.ts';
import { growingPauses } from '../core/looks.ts';
import type { Known } from '../core/plan.ts';
import { planStart } from '../core/plan.ts';
import type { Service } from '../core/service.ts';
import { isWhole, serviceOf } from '../core/service.ts';
import { nameOfTarget } from '../core/settings.ts';
import { declareTable } from './declare-table.ts';
import { forgetOthers } from './detaching.ts';
import { excludeOthers } from './exclusion.ts';
import { ownState } from './identify.ts';
import { judge, networkOf } from './local-network.ts';
import { warnOfRaised } from './mtu.ts';
import { perform } from './perform.ts';
import { persist } from './persist.ts';
import { warnOfUnservable } from './servable.ts';
import { takeLock } from './take-lock.ts';
import type { Task } from './task.ts';
import type { View } from './view.ts';
import { asksOnlyKernel, complete } from './view.ts';

/** Between looks at an EC2 whose answers contradict each other, such as one that is being changed by others. */
const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 3_000;

/** The kernel is looked at again this soon after a change that did not take effect: a name that changed, a carrier. */
const SETTLE_PAUSE_MS = 25;

/**
 * Brings the ENI here and lets this node answer at its addresses. Idempotent: a node that serves is left alone, and
 * whatever an interrupted action left is gone on with. Resolves once monitor would say "running".
 */
export async function start(task: Task): Promise<void> {
  const { ports, settings, phases } = task;
  const remembered = await ownState(task);
  if (
    remembered !== undefined &&
    isWhole(remembered.service) &&
    (await judge(task, remembered.service)).health.is === 'running'
  )
    return;
  task.deadline.doing('waiting for another action on this resource to end');
  await takeLock(task);
  const identity = await persist(task, 'asking the metadata service who this instance is', () =>
    ports.metadata.identity(),
  );
  const region = settings.region ?? identity.region;
  let view: View = {
    identity,
    ec2: ports.networkInterfaces(region),
    remembered: remembered?.service,
    pauses: growingPauses(FIRST_PAUSE_MS, LONGEST_PAUSE_MS, ports.clock.random),
  };
  const exclusion = excludeOthers(task);
  let wasHere: boolean | undefined;
  let prepared: Service | undefined;
  for (;;) {
    const isFreshLook = asksOnlyKernel(view);
    const known = await complete(task, view);
    const [step] = planStart(known, settings);
    phases.reached('found');
    const service = serviceOf(known.eni, known.subnet);
    if (prepared === undefined) {
      await forgetOthers(task, known.eni.attachment);
      await prepare(task, known);
    }
    // The subnet may be known later than the rest, and must be remembered before the kernel is configured by it.
    if (prepared?.subnetCidrs.length !== service.subnetCidrs.length)
      await remember(task, service, region, known);
    prepared = service;
    const device = deviceWithMac(known.kernel, service.mac);
    wasHere ??= device !== undefined;
    // Also where it came while EC2 was still being listened to, and nobody had to wait for it.
    if (device !== undefined && !wasHere) phases.reached('device');
    // Beside what EC2 does now; but they must know before the device can come.
    exclusion.begin(service.mac);
    if (step?.do === 'attach') await exclusion.told();
    if (device !== undefined && (await exclusion.takeDevice(service.mac, wasHere))) {
      view = known;
    } else if (step !== undefined) {
      view = await perform(task, known, step);
    } else if (!isFreshLook) {
      // The kernel was looked at before EC2 answered, which can have taken any time.
      view = known;
    } else if (serves(task, service, known)) {
      phases.reached('configured');
      return;
    } else {
      await ports.clock.sleep(SETTLE_PAUSE_MS);
      view = known;
    }
  }
}

function serves(task: Task, service: Service, { kernel }: Known): boolean {
  const health = assess(kernel, service, desiredNetwork(service, task.settings));
  if (health.is === 'running') return true;
  const missing = health.is === 'broken' ? health.missing.join(', ') : 'everything';
  task.deadline.doing(`waiting for ${missing} of ${nameOfTarget(task.settings)}`);
  return false;
}

async function prepare(task: Task, known: View & Known): Promise<void> {
  warnOfRaised(task, known.mtu);
  warnOfUnservable(task, known.unservable);
  await declareTable(task);
}

/** What a stop after an interrupted start needs is written before anything is changed. */
async function remember(task: Task, service: Service, region: string, { here }: Known): Promise<void> {
  await task.ports.state.write({
    service,
    instanceId: here.id,
    region,
    network: networkOf(service, task.settings),
  });
}
