import { execa } from 'execa';
import { expect } from 'vitest';
import { createDevices } from '../../src/adapters/sysfs.ts';
import type { PolicyRouting } from '../../src/ports/agent.ts';
import type { NodeUnderTest } from './policy-routing.contract.ts';

/** Of this machine's own iproute2, whatever the one under test. */
export const ip = (command: string): Promise<unknown> => execa('/sbin/ip', command.split(' '));

/** A file that calls this runs in a network namespace of its own (see test/run.ts): anything but a lone loopback is someone's. */
async function expectOwnNamespace(): Promise<void> {
  const { stdout } = await execa('/sbin/ip', ['-o', 'link']);
  expect(stdout.split('\n')).toHaveLength(1);
}

/** This kernel as a node, with a device for each plug. */
export async function createKernelNode(routing: PolicyRouting): Promise<NodeUnderTest> {
  await expectOwnNamespace();
  await ip('link set lo up');
  const peers = new Map<string, string>();
  return {
    routing,
    devices: createDevices(() => 0),
    plug: async ({ name, mac }) => {
      const peer = `peer${peers.size}`;
      peers.set(mac, peer);
      await ip(`link add ${name} address ${mac} type veth peer name ${peer}`);
      await ip(`link set ${peer} up`);
    },
    unplug: async (mac) => {
      await ip(`link delete ${peers.get(mac)}`);
      peers.delete(mac);
    },
    addDefaultRoute: async (device, metric) => {
      await ip(`route add default dev ${device} metric ${metric}`);
    },
    clean: async () => {
      for (const peer of peers.values()) await ip(`link delete ${peer}`);
      await deleteRules();
    },
  };
}

/** All of the priority that the tests use. */
export async function deleteRules(): Promise<void> {
  for (const family of ['-4', '-6']) {
    const args = [family, 'rule', 'delete', 'priority', '100'];
    while ((await execa('/sbin/ip', args, { reject: false })).exitCode === 0);
  }
}
