import { describe, expect, test } from 'vitest';
import { startEcho } from '../../sandbox/programs.ts';
import type { Sandbox, SandboxNode } from '../../sandbox/sandbox.ts';
import { NODE_A, NODE_B, SERVICE_ENI } from '../../sandbox/sandbox-options.ts';
import {
  act,
  expectDone,
  expectServes,
  machine,
  SERVICE_PORT,
  sh,
  startMachines,
  watch,
} from '../machine-nodes.ts';
import { software } from './software.ts';

/** In subnet A, at the other node, here only a host in that subnet. */
const HOST_ENI = 'eni-0c1b2c3d4e5f60750';
const HOST = '10.2.0.50';

/** How long the service is watched after a start: longer than anything of this software waits. */
const WATCHED_MS = 90_000;

/** Main table, own addresses and own link, without lifetimes. */
const OWN = `ip route show table main; ip -o address show dev ens5 | sed 's/valid_lft.*//'; ip -o link show dev ens5 | cut -d' ' -f2-9`;
const FILES = `find /etc/systemd/network /etc/NetworkManager /etc/network /etc/netplan /etc/udev /run/udev/rules.d /run/systemd/network /run/NetworkManager/conf.d -type f 2>/dev/null | sort | xargs -r md5sum`;

async function becomeHost(node: SandboxNode): Promise<void> {
  await sh(
    node,
    `device=$(ip -o link show | sed -n 's/^[0-9]*: \\(eth[1-9]\\)@.*/\\1/p')
ip link set "$device" up
ip address add ${HOST}/24 dev "$device" noprefixroute
ip route add 10.2.0.0/24 dev "$device" table 200
ip route add default via 10.2.0.1 dev "$device" table 200
ip rule add from ${HOST} lookup 200`,
  );
  await startEcho(node, SERVICE_PORT);
}

/** The node's own address is reached from the service's subnet, and reaches it. */
async function expectOwnTraffic({ nodes: { a, b } }: Sandbox): Promise<void> {
  const ask = (from: string, to: string): string =>
    `curl --silent --max-time 60 --interface ${from} telnet://${to}:${SERVICE_PORT} < /dev/null`;
  expect((await sh(b, ask(HOST, '10.1.0.11'))).trim()).toBe('node-a');
  expect((await sh(a, ask('10.1.0.11', HOST))).trim()).toBe('node-b');
}

describe.concurrent('a machine with', () => {
  test.each(software.map((one) => [`${one.name}, ${one.setUp}`, one] as const))(
    '%s',
    async (_, { dhcp, begin, hasDevice, heard = 'true', leaves, provoked }) => {
      const moreEnis = [{ id: HOST_ENI, ipv4: [HOST] as const }];
      const sandbox = await startMachines({ a: { machine: machine() } }, { moreEnis });
      try {
        const { a, b } = sandbox.nodes;
        await sandbox.place(HOST_ENI, { attachedTo: NODE_B, deviceIndex: 1 });
        await becomeHost(b);
        await sandbox.setDhcp(dhcp);
        await sh(a, begin);
        const own = await sh(a, OWN);
        const filesOf = async (): Promise<readonly string[]> =>
          (await sh(a, FILES)).split('\n').filter((line) => leaves === undefined || !leaves.test(line));
        const files = await filesOf();

        // It takes the device that appears: without that, all that follows would show nothing.
        await sandbox.place(SERVICE_ENI, { attachedTo: NODE_A, deviceIndex: 1 });
        await sh(a, `until ${hasDevice}; do sleep 0.5; done`);
        await expectDone(act(sandbox, a, 'start'));
        await expectServes(sandbox, a);
        expect(await sh(a, OWN)).toBe(own);
        await expectDone(act(sandbox, a, 'stop'));
        expect(await sh(a, OWN)).toBe(own);
        expect(await filesOf()).toEqual(files);
        const told = await sh(a, heard);

        await expectDone(act(sandbox, a, 'start'));
        const client = await watch(sandbox);
        try {
          await client.answeredBy('node-a');
          const untilMs = performance.now() + WATCHED_MS;
          await expectServes(sandbox, a);
          await expectOwnTraffic(sandbox);
          if (provoked !== undefined) await sh(a, provoked.script);
          while (performance.now() < untilMs) {
            await expectServes(sandbox, a);
            await new Promise((resolve) => setTimeout(resolve, 5_000));
          }
          expect(await sh(a, OWN)).toBe(own);
          await expectOwnTraffic(sandbox);
          await client.answered();
          expect(client.outages()).toEqual([]);
        } finally {
          await client.stop();
        }
        await expectDone(act(sandbox, a, 'stop'));
        expect(await filesOf()).toEqual(files);
        expect(await sh(a, heard)).toBe(told);
        expect(await sh(a, OWN)).toBe(own);
        expect(await sandbox.violations()).toEqual([]);
      } finally {
        await sandbox.close();
      }
    },
  );
});
