import { afterEach, beforeEach, expect, test } from 'vitest';
import type { InstanceId } from '../../src/core/ids.ts';
import type { NetworkInterfaces } from '../../src/ports/agent.ts';
import type { Place } from '../sandbox/world/place.ts';

/** EC2 with the sandbox's two nodes, service ENI and its namesake in another VPC, as node A calls it. */
export interface Ec2UnderTest {
  call<T>(work: (ec2: NetworkInterfaces) => Promise<T>): Promise<T>;
  place(to: Place): Promise<void>;
  allow(actions: readonly string[]): Promise<void>;
  /** Returns when what is under way has ended, and describes show it. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

const eniId = 'eni-0a1b2c3d4e5f60718';
const here: InstanceId = 'i-0aaaaaaaaaaaaaaaa';
const elsewhere: InstanceId = 'i-0bbbbbbbbbbbbbbbb';
const nowhere: InstanceId = 'i-0ccccccccccccccccc'.slice(0, 19) as InstanceId;

/** What every NetworkInterfaces must do, the fake and the one that speaks EC2's protocol alike. */
export function networkInterfacesContract(create: () => Promise<Ec2UnderTest>): void {
  let tested: Ec2UnderTest;
  beforeEach(async () => {
    tested = await create();
  });
  afterEach(() => tested.close());

  const find = (): ReturnType<NetworkInterfaces['find']> => tested.call((ec2) => ec2.find({ eniId }));

  test('finds an ENI by its id and by its address', async () => {
    const found = await find();
    expect(found).toMatchObject({
      id: eniId,
      addresses: ['10.2.0.10'],
      availabilityZone: 'eu-central-1a',
      requesterManaged: false,
    });
    expect(found?.attachment).toBeUndefined();
    expect(await tested.call((ec2) => ec2.find({ ip: '10.2.0.10' }))).toEqual(found);
  });

  test('an address that is in use in another VPC, too, names the ENI of this one', async () => {
    const namesake = await tested.call((ec2) => ec2.find({ eniId: 'eni-0f1b2c3d4e5f60719' }));
    expect(namesake?.addresses).toEqual(['10.2.0.10']);
    expect((await tested.call((ec2) => ec2.find({ ip: '10.2.0.10' })))?.id).toBe(eniId);
  });

  test('an ENI that is not there is absent, not a failure', async () => {
    expect(await tested.call((ec2) => ec2.find({ eniId: 'eni-0123456789abcdef0' }))).toBeUndefined();
    expect(await tested.call((ec2) => ec2.find({ ip: '10.9.9.9' }))).toBeUndefined();
  });

  test('knows the subnet of an ENI', async () => {
    const subnetId = (await find())?.subnetId ?? 'subnet-';
    expect((await tested.call((ec2) => ec2.subnet(subnetId))).cidrs).toContain('10.2.0.0/24');
  });

  test('tells of those instances that it knows', async () => {
    const found = await tested.call((ec2) => ec2.instances([here, elsewhere, nowhere]));
    expect(found.map(({ id }) => id).toSorted()).toEqual([here, elsewhere]);
    expect(found[0]).toMatchObject({
      type: 'm5.large',
      state: 'running',
      availabilityZone: 'eu-central-1a',
      deviceIndexes: [0],
      interfaceCount: 1,
    });
  });

  test('knows how many interfaces a type allows, and how many addresses of each', async () => {
    expect(await tested.call((ec2) => ec2.limits('m5.large'))).toEqual({ interfaces: 3, ipv4: 10, ipv6: 10 });
  });

  test('attaches a free ENI', async () => {
    const answer = await tested.call((ec2) => ec2.attach(eniId, here, 1));
    expect(answer).toMatchObject({
      is: 'accepted',
      attachment: { instanceId: here, deviceIndex: 1, status: 'attaching' },
    });
    await tested.settle();
    const id = answer.is === 'accepted' ? answer.attachment.id : undefined;
    expect((await find())?.attachment).toEqual({ id, instanceId: here, deviceIndex: 1, status: 'attached' });
    const [instance] = await tested.call((ec2) => ec2.instances([here]));
    expect(instance).toMatchObject({ deviceIndexes: [0, 1], interfaceCount: 2 });
  });

  test('does not attach an ENI that somebody holds, or at an index that is taken', async () => {
    expect(await tested.call((ec2) => ec2.attach(eniId, here, 0))).toMatchObject({
      is: 'index-taken',
      said: expect.stringContaining('InvalidParameterValue'),
    });
    await tested.place({ attachedTo: elsewhere, deviceIndex: 1 });
    expect(await tested.call((ec2) => ec2.attach(eniId, here, 1))).toMatchObject({
      is: 'in-use',
      said: expect.stringContaining('InvalidNetworkInterface.InUse'),
    });
  });

  test('detaches, and a second time finds nothing to detach', async () => {
    await tested.place({ attachedTo: elsewhere, deviceIndex: 1 });
    const attachmentId = (await find())?.attachment?.id ?? 'eni-attach-';
    expect(await tested.call((ec2) => ec2.detach(attachmentId, { force: false }))).toEqual({
      is: 'accepted',
    });
    await tested.settle();
    expect((await find())?.attachment).toBeUndefined();
    expect(await tested.call((ec2) => ec2.detach(attachmentId, { force: true }))).toMatchObject({
      is: 'gone',
    });
  });

  test('an attachment that is being made can’t be detached yet, except by force', async () => {
    const answer = await tested.call((ec2) => ec2.attach(eniId, here, 1));
    const id = answer.is === 'accepted' ? answer.attachment.id : 'eni-attach-';
    expect(await tested.call((ec2) => ec2.detach(id, { force: false }))).toMatchObject({ is: 'not-now' });
    expect(await tested.call((ec2) => ec2.detach(id, { force: true }))).toMatchObject({ is: 'accepted' });
  });

  test('says so when an action is not allowed, before it is done too', async () => {
    expect(await tested.call((ec2) => ec2.checkAttachAllowed(eniId, here))).toBeUndefined();
    await tested.allow(['DescribeNetworkInterfaces']);
    const refused = { kind: 'permission' };
    await expect(tested.call((ec2) => ec2.checkAttachAllowed(eniId, here))).rejects.toMatchObject(refused);
    await expect(tested.call((ec2) => ec2.attach(eniId, here, 1))).rejects.toMatchObject(refused);
    await tested.settle();
    expect((await find())?.attachment).toBeUndefined();
  });

  test('an instance that it does not know can be given nothing', async () => {
    await expect(tested.call((ec2) => ec2.attach(eniId, nowhere, 1))).rejects.toMatchObject({ kind: 'node' });
  });
}
