import { execa } from 'execa';
import { afterEach, describe, expect, test } from 'vitest';
import type { Rule } from '../../src/core/kernel.ts';
import type { PolicyRouting } from '../../src/ports/agent.ts';
import { createKernelNode, deleteRules, ip } from './kernel-node.ts';
import { policyRoutingContract } from './policy-routing.contract.ts';

const directory = new URL('../fixtures/iproute2-4.12', import.meta.url).pathname;
const oldIp = `${directory}/ip`;

// The agent makes up its mind about where programs are as it is loaded.
process.env['PATH'] = `${directory}:${process.env['PATH']}`;
const { createPolicyRouting } = await import('../../src/adapters/iproute.ts');
const create = (): PolicyRouting => createPolicyRouting(() => 5_000);

const own: Rule = { priority: 100, from: '10.2.0.10/32', table: 100 };
const rulesNow = async (): Promise<string> => (await execa('/sbin/ip', ['rule'])).stdout;

describe('the stand-in is an ip of 4.12', () => {
  test.each([
    [['-N', 'rule'], 'Option "-N" is unknown, try "ip -help".'],
    [['-j', '-force', '-batch', '-'], 'Option "-j" is unknown, try "ip -help".'],
    [['rule', 'add', 'from', '10.9.9.9', 'protocol', '4'], 'Failed to parse rule type'],
  ])('which refuses %s', async (args, words) => {
    const { exitCode, stderr } = await execa(oldIp, args, { reject: false, input: '' });
    expect(exitCode).toBe(255);
    expect(stderr).toContain(words);
  });

  test('which ends a batch at the first rule with a protocol, and shows none', async () => {
    const input = 'rule add from 10.9.9.1 priority 9\nrule add from 10.9.9.2 priority 9 protocol 4\n';
    const { exitCode, stderr } = await execa(oldIp, ['-force', '-batch', '-'], { reject: false, input });
    expect([exitCode, stderr]).toEqual([255, expect.stringMatching(/^Error: argument "protocol" is wrong/)]);
    await ip('rule add from 10.9.9.3 priority 9 protocol 4');
    const { stdout } = await execa(oldIp, ['rule', 'show']);
    for (let left = 2; left > 0; left -= 1) await ip('rule delete priority 9');
    expect(stdout).toContain('from 10.9.9.1 ');
    expect(stdout).not.toContain('10.9.9.2');
    expect(stdout).toMatch(/from 10\.9\.9\.3 lookup main $/m);
  });
});

describe('iproute2 4.12 on the real kernel', () => {
  policyRoutingContract(() => createKernelNode(create()));
});

describe('iproute2 4.12', () => {
  afterEach(async () => {
    await deleteRules();
    await execa('/sbin/ip', ['route', 'flush', 'table', '100'], { reject: false });
    await execa('/sbin/ip', ['link', 'delete', 'eth1'], { reject: false });
  });

  test('makes rules without a protocol, and takes each plain one for a rule of the agent', async () => {
    await create().apply([{ do: 'add-rule', rule: own }]);
    expect(await rulesNow()).toMatch(/^100:\s+from 10\.2\.0\.10 lookup 100\s*$/m);
    expect((await create().read(100, ['ipv4'])).rules).toEqual([{ ...own, protocol: '2' }]);
    await create().apply([{ do: 'delete-rule', rule: { ...own, protocol: '2' } }]);
    expect(await rulesNow()).not.toContain('100:');
  });

  test('leaves foreign rules of the same priority out of sight', async () => {
    const foreign = [
      'from 10.2.0.10 iif lo',
      'from 10.2.0.10 fwmark 7',
      'to 10.2.0.10',
      'not from 10.2.0.10',
    ];
    for (const rule of foreign) await ip(`rule add ${rule} lookup 100 priority 100`);
    const { rules } = await create().read(100, ['ipv4']);
    expect(rules).toEqual([]);
  });

  test('does not delete its own rule where the kernel would take one that only looks alike', async () => {
    await ip('rule add from 10.2.0.10 fwmark 7 lookup 100 priority 100');
    const routing = create();
    await routing.apply([{ do: 'add-rule', rule: own }]);
    const both = await rulesNow();
    await expect(routing.apply([{ do: 'delete-rule', rule: own }])).rejects.toMatchObject({
      kind: 'transient',
      message: expect.stringContaining("'100: from 10.2.0.10 fwmark 0x7 lookup 100' stands before it"),
    });
    expect(await rulesNow()).toBe(both);
    await ip('rule delete priority 100');
    await ip('rule add from 10.2.0.10 fwmark 7 lookup 100 priority 100');
    await routing.apply([{ do: 'delete-rule', rule: own }]);
    const left = await rulesNow();
    expect(left).toMatch(/^100:.*fwmark 0x7/m);
    expect(left).not.toMatch(/^100:\s+from 10\.2\.0\.10 lookup 100/m);
  });

  test('names routes without a device of their own by what they are', async () => {
    await ip('link add eth1 type veth peer name peer0');
    await ip('link set eth1 up');
    await ip('link set peer0 up');
    await ip('address add 10.2.0.10/24 dev eth1');
    await ip('route add blackhole 10.9.0.0/16 table 100');
    await ip('route add 10.8.0.0/16 table 100 nexthop via 10.2.0.1 dev eth1 nexthop via 10.2.0.2 dev eth1');
    const { routes } = await create().read(100, ['ipv4']);
    expect(routes).toEqual([
      { to: '10.8.0.0/16', device: 'eth1+eth1' },
      { to: '10.9.0.0/16', device: 'blackhole' },
    ]);
  });

  test('hears from a neighbour that is there and not from one that is not', async () => {
    await ip('link add eth1 type veth peer name peer0');
    await ip('link set eth1 up');
    await ip('address add 10.2.0.10/24 dev eth1');
    const routing = create();
    await routing.solicit('10.2.0.1', '10.2.0.10', 'eth1');
    const before = await routing.neighbour('10.2.0.1', 'eth1');
    await ip('neigh replace 10.2.0.1 lladdr 02:00:00:00:00:01 dev eth1 nud reachable');
    const after = [await routing.neighbour('10.2.0.1', 'eth1'), await create().neighbour('10.2.0.1', 'eth1')];
    expect(before).not.toBe('reachable');
    expect(after).toEqual(['reachable', 'reachable']);
  });
});
