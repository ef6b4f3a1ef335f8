import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { createPolicyRouting } from '../../src/adapters/iproute.ts';
import { createKernelNode, ip } from './kernel-node.ts';
import { policyRoutingContract } from './policy-routing.contract.ts';

describe('iproute2 and sysfs on the real kernel', () => {
  policyRoutingContract(() => createKernelNode(createPolicyRouting(() => 5_000)));
});

describe('iproute2', () => {
  test('leaves foreign rules of the same priority out of sight', async () => {
    await ip('rule add from 10.2.0.10 iif lo lookup 100 priority 100');
    await ip('rule add from 10.2.0.10 fwmark 7 lookup 100 priority 100');
    await ip('rule add to 10.2.0.10 lookup 100 priority 100');
    const routing = createPolicyRouting(() => 5_000);
    expect((await routing.read(100, ['ipv4'])).rules).toEqual([]);
    for (let left = 3; left > 0; left -= 1) await ip('rule delete priority 100');
  });

  test('deletes its own rule, and not one that only looks alike', async () => {
    await ip('rule add from 10.2.0.10 fwmark 7 lookup 100 priority 100');
    const routing = createPolicyRouting(() => 5_000);
    await routing.apply([{ do: 'add-rule', rule: { priority: 100, from: '10.2.0.10/32', table: 100 } }]);
    const { rules } = await routing.read(100, ['ipv4']);
    expect(rules).toHaveLength(1);
    await routing.apply(rules.map((rule) => ({ do: 'delete-rule', rule })));
    expect((await execa('ip', ['rule'])).stdout).toContain('fwmark 0x7 lookup 100');
    await ip('rule delete priority 100');
  });

  test('a link that it sets up learns no routes from router advertisements', async () => {
    await ip('link add eth1 type veth peer name peer0');
    await createPolicyRouting(() => 5_000).apply([{ do: 'set-link', device: 'eth1', up: true }]);
    const { stdout } = await execa('cat', ['/proc/sys/net/ipv6/conf/eth1/accept_ra']);
    await ip('link delete eth1');
    expect(stdout).toBe('0');
  });

  test('hears from a neighbour that is there and not from one that is not', async () => {
    await ip('link add eth1 type veth peer name peer0');
    await ip('link set eth1 up');
    await ip('address add 10.2.0.10/24 dev eth1');
    const routing = createPolicyRouting(() => 5_000);
    await routing.solicit('10.2.0.1', '10.2.0.10', 'eth1');
    expect(await routing.neighbour('10.2.0.1', 'eth1')).not.toBe('reachable');
    await ip('neigh replace 10.2.0.1 lladdr 02:00:00:00:00:01 dev eth1 nud reachable');
    expect(await routing.neighbour('10.2.0.1', 'eth1')).toBe('reachable');
    await ip('link delete eth1');
  });
});
