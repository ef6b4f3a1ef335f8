import { readKernel } from '../../agent/local-network.ts';
import type { Task } from '../../agent/task.ts';
import { targetOf } from '../../agent/task.ts';
import { told } from '../../agent/told.ts';
import type { Eni, Identity, Instance, Subnet, TypeLimits } from '../../core/eni.ts';
import type { Kernel } from '../../core/kernel.ts';
import { limitsMatter } from '../../core/obstacles.ts';
import type { Reading } from '../../core/reading.ts';
import { absent, present, unknown } from '../../core/reading.ts';
import type {
  CredentialSource,
  Ec2Contact,
  Ec2Examination,
  EniDetails,
  InstanceDetails,
  SecurityGroupDetails,
} from '../../ports/ec2-examination.ts';

/** What AWS and the kernel told, each by itself: what one of them does not tell hides nothing of the others. */
export interface Facts {
  readonly here: Reading<Identity>;
  readonly contact: Reading<Ec2Contact>;
  readonly credentials: Reading<CredentialSource>;
  /** `absent`: no ENI was named, or EC2 knows none by that name. */
  readonly eni: Reading<Eni>;
  readonly eniDetails: Reading<EniDetails>;
  readonly groups: Reading<readonly SecurityGroupDetails[]>;
  readonly subnet: Reading<Subnet>;
  readonly instance: Reading<Instance>;
  readonly instanceDetails: Reading<InstanceDetails>;
  /** Only where it matters. */
  readonly limits: Reading<TypeLimits | undefined>;
  readonly kernel: Reading<Kernel>;
  readonly tableNumbers: Reading<readonly number[]>;
  readonly namesEni: boolean;
}

export async function gatherFacts(
  task: Task,
  examine: (region: string) => Promise<Ec2Examination>,
): Promise<Facts> {
  const { ports, settings } = task;
  const namesEni = settings.eniId !== undefined || settings.ip !== undefined;
  const here = await told(() => ports.metadata.identity());
  const region = settings.region ?? (here.state === 'present' ? here.value.region : undefined);
  const kernel = told(() => readKernel(task));
  const tableNumbers = told(() => ports.tableNames.numbersOf(settings.routingTable));
  if (region === undefined) {
    const nobody = unknown('nobody told the region; give --region');
    return {
      here,
      namesEni,
      contact: nobody,
      credentials: nobody,
      eni: nobody,
      eniDetails: nobody,
      groups: nobody,
      subnet: nobody,
      instance: nobody,
      instanceDetails: nobody,
      limits: nobody,
      kernel: await kernel,
      tableNumbers: await tableNumbers,
    };
  }
  const ec2 = ports.networkInterfaces(region);
  const examination = examine(region);
  // A wrong profile or proxy is an answer to each of these, and no end of the doctor.
  const contact = await told(async () => (await examination).contact());
  const credentials = told(async () => (await examination).credentials());
  const silent = contact.state === 'unknown' ? unknown('EC2 did not answer, as said above') : undefined;
  const ask = <T>(question: () => Promise<T>): Promise<Reading<T>> =>
    Promise.resolve(silent ?? told(question));
  const found = defined(namesEni ? await ask(() => ec2.find(targetOf(settings))) : undefined);
  const details = await after(found, async ({ id }) =>
    defined(await ask(async () => (await examination).eni(id))),
  );
  const instanceId = here.state === 'present' ? here.value.instanceId : undefined;
  const noInstance = here.state === 'unknown' ? here : unknown('this is no EC2 instance');
  const [subnet, groups, instances, instanceDetails] = await Promise.all([
    after(found, ({ subnetId }) => ask(() => ec2.subnet(subnetId))),
    after(details, ({ groupIds }) =>
      groupIds.length === 0
        ? Promise.resolve(present([]))
        : ask(async () => (await examination).securityGroups(groupIds)),
    ),
    instanceId === undefined ? noInstance : ask(() => ec2.instances([instanceId])),
    instanceId === undefined ? noInstance : ask(async () => (await examination).instance(instanceId)),
  ]);
  const instance = instances.state === 'present' ? defined(present(instances.value[0])) : instances;
  const limits =
    instance.state === 'present' &&
    found.state === 'present' &&
    limitsMatter({ eni: found.value, here: instance.value })
      ? await ask(async (): Promise<TypeLimits | undefined> => ec2.limits(instance.value.type))
      : present(undefined);
  return {
    here,
    namesEni,
    contact,
    credentials: await credentials,
    eni: found,
    eniDetails: details,
    groups,
    subnet,
    instance,
    instanceDetails: defined(instanceDetails),
    limits,
    kernel: await kernel,
    tableNumbers: await tableNumbers,
  };
}

/** `undefined` is an answer, too: there is no such thing. */
function defined<T>(reading: Reading<T | undefined> | undefined): Reading<T> {
  if (reading === undefined) return absent;
  if (reading.state !== 'present') return reading;
  return reading.value === undefined ? absent : present(reading.value);
}

function after<T, R>(reading: Reading<T>, next: (value: T) => Promise<Reading<R>>): Promise<Reading<R>> {
  return reading.state === 'present' ? next(reading.value) : Promise.resolve(reading);
}
