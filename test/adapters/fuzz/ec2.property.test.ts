import { EC2Client } from '@aws-sdk/client-ec2';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createNetworkInterfaces } from '../../../src/adapters/ec2.ts';
import { parseAddress, parseCidr } from '../../../src/core/address.ts';
import type { Eni } from '../../../src/core/eni.ts';
import type { FailureKind } from '../../../src/core/failure.ts';
import { isInstanceId, isMac } from '../../../src/core/ids.ts';
import type { NetworkInterfaces } from '../../../src/ports/agent.ts';
import { ec2Answer } from './ec2-answers.ts';
import { countEndings } from './endings.ts';
import type { HttpAnswer } from './loopback.ts';
import { serveLoopback } from './loopback.ts';

const RUNS = 1_500;
const eniId = 'eni-0a1b2c3d4e5f60718';
const here = 'i-0aaaaaaaaaaaaaaaa';
const subnetId = 'subnet-0000000000000000a';
const ATTACHMENT = /^[a-z]+-attach-[0-9a-f]+$/;
const WORD = /^[\w.:-]{1,64}$/;
const secretAccessKey = 'SECRETSECRETSECRETSECRETSECRETSECRETSECR';

let current: HttpAnswer = { status: 500, body: '' };
let ec2: NetworkInterfaces;
let close: (() => Promise<void>) | undefined;
beforeAll(async () => {
  const server = await serveLoopback(() => current);
  const client = new EC2Client({
    region: 'eu-central-1',
    endpoint: server.url,
    maxAttempts: 1,
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey },
  });
  ec2 = createNetworkInterfaces(
    client,
    () => AbortSignal.timeout(60_000),
    () => Promise.resolve('vpc-11111111'),
  );
  close = async () => {
    client.destroy();
    await server.close();
  };
});
afterAll(() => close?.());

function expectEni(eni: Eni | undefined): void {
  if (eni === undefined) return;
  expect([eni.id, isMac(eni.mac)]).toEqual([eniId, true]);
  expect(eni.subnetId).toMatch(/^subnet-[0-9a-f]+$/);
  expect(eni.availabilityZone).toMatch(WORD);
  for (const address of eni.addresses) expect(parseAddress(address)).toBe(address);
  if (eni.attachment === undefined) return;
  const { id, instanceId, deviceIndex, status } = eni.attachment;
  expect(id).toMatch(ATTACHMENT);
  expect(instanceId === undefined || isInstanceId(instanceId)).toBe(true);
  expect(Number.isInteger(deviceIndex)).toBe(true);
  expect(['attaching', 'attached', 'detaching']).toContain(status);
}

const CALLS: Readonly<Record<string, () => Promise<void>>> = {
  find: async () => expectEni(await ec2.find({ eniId })),
  instances: async () => {
    for (const one of await ec2.instances([here])) {
      expect(one.id).toBe(here);
      for (const word of [one.state, one.type, one.availabilityZone]) expect(word).toMatch(WORD);
      expect(one.deviceIndexes.every(Number.isInteger)).toBe(true);
    }
  },
  subnet: async () => {
    const { id, cidrs } = await ec2.subnet(subnetId);
    expect(id).toBe(subnetId);
    expect(cidrs.length).toBeGreaterThan(0);
    for (const cidr of cidrs) expect(parseCidr(cidr)).toBe(cidr);
  },
  limits: async () => expect((await ec2.limits('m5.large')).interfaces).toBeGreaterThan(0),
  checkAttachAllowed: () => ec2.checkAttachAllowed(eniId, here),
  attach: async () => {
    const answer = await ec2.attach(eniId, here, 1);
    if (answer.is !== 'accepted') return expect(['in-use', 'index-taken']).toContain(answer.is);
    expect(answer.attachment.id).toMatch(ATTACHMENT);
  },
  detach: async () => {
    const answer = await ec2.detach('eni-attach-0a1b2c3d4e5f60718', { force: false });
    expect(['accepted', 'gone', 'not-now']).toContain(answer.is);
  },
};

test(`whatever answers as EC2: values of their shapes, or a reason (${RUNS} inputs)`, async () => {
  const { judge, endings } = countEndings();
  const property = fc.asyncProperty(
    fc.constantFrom(...Object.values(CALLS)),
    ec2Answer,
    async (call, answer) => {
      current = answer;
      const { status } = answer;
      // A refusal with a code that EC2 is not known to give here is a mistake of ours, and said to be one.
      const isRefusal = status >= 400 && status < 500 && status !== 429;
      const kinds: readonly FailureKind[] = [
        'transient',
        'node',
        'permission',
        ...(isRefusal ? ['bug' as const] : []),
      ];
      await judge(call, { value: () => undefined, kinds, secret: secretAccessKey });
    },
  );
  await fc.assert(property, { numRuns: RUNS });
  const { values, errors } = endings();
  expect(values + errors).toBe(RUNS);
  expect(Math.min(values, errors)).toBeGreaterThan(RUNS / 20);
});
