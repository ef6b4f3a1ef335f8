import { aroundAll, expect, test } from 'vitest';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { ServiceClient } from '../sandbox/service-client.ts';
import { eniId } from '../scenarios/agent.ts';
import { askOnce, expectBare } from '../scenarios/expectations.ts';
import {
  act,
  expectDone,
  expectServes,
  machine,
  SERVICE_PORT,
  sh,
  underRequests,
  unnoticed,
  withMachines,
} from './machine-nodes.ts';

const SECOND_ENI = 'eni-0b1b2c3d4e5f60719';
const SECOND = {
  parameters: { eni_id: SECOND_ENI, routing_table: 'OTHER', routing_table_id: '101' },
  environment: { OCF_RESOURCE_INSTANCE: 'second-eni' },
};

let sandbox: Sandbox;
let client: ServiceClient;
aroundAll((runTests) =>
  withMachines(
    { a: { machine: machine() }, b: { machine: machine() } },
    (machines) =>
      underRequests(machines, (requests) => {
        [sandbox, client] = [machines, requests];
        return runTests();
      }),
    { moreEnis: [{ id: SECOND_ENI, ipv4: ['10.2.0.20'] }] },
  ),
);

test('a free ENI is started: the node serves', async () => {
  const { a } = sandbox.nodes;
  await expectDone(act(sandbox, a, 'start'));
  await client.answeredBy('node-a');
  await expectServes(sandbox, a);
});

test('the other node takes it over from the running holder, on which nothing is left', async () => {
  const { a, b } = sandbox.nodes;
  await expectDone(act(sandbox, b, 'start'));
  await client.answeredBy('node-b');
  await expectServes(sandbox, b);
  await expectDone(act(sandbox, a, 'stop'));
  await expectBare(sandbox, a);
  await expectServes(sandbox, b);
});

test('a second ENI on the same node comes and goes, and the first one’s client notices nothing', async () => {
  const { b } = sandbox.nodes;
  await unnoticed(client, async () => {
    await expectDone(act(sandbox, b, 'start', SECOND));
    expect(await act(sandbox, b, 'monitor', SECOND)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await askOnce(sandbox, '10.2.0.20', SERVICE_PORT)).toBe('node-b');
    await expectServes(sandbox, b);
    await expectDone(act(sandbox, b, 'stop', SECOND));
    expect(await act(sandbox, b, 'monitor', SECOND)).toMatchObject({ exitCode: 7, stderr: '' });
  });
  await expectServes(sandbox, b);
});

const MAC = '02:d4:e5:f6:07:18';
/** What people make of an interface, or give its MAC to; the kernel lists those that were made later first or last as it likes. */
const MADE = `ip link add link "$1" name a-vlan type vlan id 5
ip link add link "$1" name a-macvlan address ${MAC} type macvlan mode bridge
ip link add name a-bond address ${MAC} type bond`;

test('no VLAN, macvlan, ipvlan or bond with the MAC of the ENI is taken for it', async () => {
  const { b } = sandbox.nodes;
  const shown = async (): Promise<string> => sh(b, 'ip -o link show');
  const device = /\d+: (\S+): .*02:d4:e5:f6:07:18/.exec(await shown())?.[1] ?? '';
  const withOthers = async (): Promise<void> => {
    await expectServes(sandbox, b);
    await sh(b, 'mv /run/resource-agents/aws-eni-service-eni.json /run/kept');
    expect(await act(sandbox, b, 'monitor')).toMatchObject({ exitCode: 0 });
    await sh(b, 'mv /run/kept /run/resource-agents/aws-eni-service-eni.json');
  };
  await unnoticed(client, async () => {
    await sh(b, `set -- ${device}; ${MADE}`);
    expect((await shown()).match(new RegExp(MAC, 'g'))).toHaveLength(4);
    await withOthers();
    await sh(b, `ip link delete a-macvlan; ip link add link ${device} name an-ipvlan type ipvlan mode l2`);
    await withOthers();
  });
  await expectDone(act(sandbox, b, 'stop'));
  // What was made on the device goes with it.
  expect((await shown()).match(/: (an?-\S+?)[:@]/g)).toEqual([': a-bond:']);
  expect(await sh(b, 'ip -o address show')).not.toContain('10.2.0.10');
  await expectDone(act(sandbox, b, 'start'));
  await client.answeredBy('node-b');
  await expectServes(sandbox, b);
  await sh(b, 'ip link delete a-bond');
});

test('stop leaves nothing on the node, and nothing attached', async () => {
  const { b } = sandbox.nodes;
  await expectDone(act(sandbox, b, 'stop'));
  await expectBare(sandbox, b);
  expect((await sandbox.world()).enis[eniId]?.attachment).toBeUndefined();
  expect(await askOnce(sandbox, '10.2.0.10', SERVICE_PORT)).toBe('nobody');
});
