import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { startEcho } from '../../sandbox/programs.ts';
import type { Sandbox, SandboxNode } from '../../sandbox/sandbox.ts';
import { NODE_A, NODE_B, SERVICE_ENI } from '../../sandbox/sandbox-options.ts';
import {
  act,
  expectDone,
  expectServes,
  expectStopped,
  machine,
  SERVICE_PORT,
  sh,
  underRequests,
  withMachines,
} from '../machine-nodes.ts';
import { kernelChanges } from './kernel-changes.ts';
import { software } from './software.ts';

/** In subnet A, at the other node, here only a host in that subnet. */
const HOST_ENI = 'eni-0c1b2c3d4e5f60750';
const HOST = '10.2.0.50';

/** How long the service is watched after a start: longer than anything of this software waits. */
const WATCHED_MS = 90_000;
/** As often as Pacemaker would. */
const MONITOR_EVERY_MS = 20_000;

/** Main tables, rules but for the ENI's, own addresses and own link, without lifetimes. */
const OWN = `ip route show table main; ip -6 route show table main | grep -v 'fe80::/64 dev ens6' || true
ip rule show | grep -v 'from 10.2.0.10 lookup MYHA'; ip -6 rule show
ip -o address show dev ens5 | sed 's/valid_lft.*//'; ip -o link show dev ens5 | cut -d' ' -f2-9`;

const LINK_LOCAL =
  /\bfe80::\S+ (?:dev ens6 table local proto kernel|scope link proto kernel_ll)|: ens6 +inet6 fe80::\S+ scope link/;

/** Modes and contents of what network software is configured by. */
const FILES = `for directory in /etc/systemd/network /etc/NetworkManager /etc/network /etc/netplan /etc/udev /etc/resolv.conf \
  /run/udev/rules.d /run/systemd/network /run/NetworkManager/conf.d; do
  if [ -e "$directory" ]; then find "$directory" ! -type d -printf '%m %p %l\n'; find "$directory" -type f -exec md5sum {} +; fi
done | sort`;

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

/** The version as Debian has it, with as many of its numbers as this one. */
async function installed(node: SandboxNode, name: string, like: string): Promise<string> {
  const version = await sh(node, `dpkg-query -W -f '\${Version}' ${name}`);
  return version.split(/[.-]/).slice(0, like.split('.').length).join('.');
}

describe.concurrent('a machine with', () => {
  test.each(software.map((one) => [`${one.name}, ${one.setUp}`, one] as const))(
    '%s',
    async (_, {
      version,
      debian,
      dhcp,
      begin,
      hasDevice,
      answers = false,
      heard = 'true',
      leaves,
      provoked,
    }) => {
      const work = async (sandbox: Sandbox): Promise<void> => {
        const { a, b } = sandbox.nodes;
        await sandbox.place(HOST_ENI, { attachedTo: NODE_B, deviceIndex: 1 });
        await becomeHost(b);
        await sandbox.setDhcp(dhcp);
        if (debian !== undefined) expect(await installed(a, debian, version)).toBe(version);
        await sh(a, begin);
        const own = await sh(a, OWN);
        const filesOf = async (): Promise<readonly string[]> =>
          (await sh(a, FILES)).split('\n').filter((line) => leaves === undefined || !leaves.test(line));
        const files = await filesOf();
        // What udev runs when the device goes may outlast stop.
        const heardOf = (): Promise<string> => sh(a, `udevadm settle --timeout=120; ${heard}`);

        // It takes the device that appears: without that, all that follows would show nothing.
        await sandbox.place(SERVICE_ENI, { attachedTo: NODE_A, deviceIndex: 1 });
        await sh(a, `until ${hasDevice}; do sleep 0.5; done`);
        await underRequests(sandbox, async (client) => {
          if (answers) await client.answeredBy('node-a');
          await expectDone(act(sandbox, a, 'start'));
          const startedMs = performance.now();
          await expectServes(sandbox, a);
          await client.answered();
          // One stretch without an answer at most, the move's or from the outset; none once start is done.
          expect(client.outages().length).toBeLessThanOrEqual(1);
          expect(client.outages().filter(({ endMs }) => endMs > startedMs)).toEqual([]);
        });
        expect(await sh(a, OWN)).toBe(own);
        const wereTold = await expectStopped(act(sandbox, a, 'stop'));
        expect(await sh(a, OWN)).toBe(own);
        expect(await filesOf()).toEqual(files);
        const told = await heardOf();

        await expectDone(act(sandbox, a, 'start'));
        await underRequests(sandbox, async (client) => {
          await client.answeredBy('node-a');
          const untilMs = performance.now() + WATCHED_MS;
          const changes = await kernelChanges(a, /ens6|10\.2\.0\.10|MYHA/, async () => {
            await expectOwnTraffic(sandbox);
            if (provoked !== undefined) await sh(a, provoked.script);
            while (performance.now() < untilMs) {
              await expectServes(sandbox, a);
              await pause(MONITOR_EVERY_MS);
            }
            expect(await sh(a, OWN)).toBe(own);
            await expectOwnTraffic(sandbox);
          });
          // Its address of the link comes when the kernel has checked it.
          expect(changes.filter((line) => !LINK_LOCAL.test(line))).toEqual([]);
          await client.answered();
          expect(client.outages()).toEqual([]);
        });
        const areTold = await expectStopped(act(sandbox, a, 'stop'));
        // One of two may meet a busy moment. What is never told in time is no matter of the moment.
        expect(wereTold || areTold).toBe(true);
        expect(await filesOf()).toEqual(files);
        expect(await heardOf()).toBe(told);
        expect(await sh(a, OWN)).toBe(own);
      };
      const moreEnis = [{ id: HOST_ENI, ipv4: [HOST] as const }];
      await withMachines({ a: { machine: machine() } }, work, { moreEnis });
    },
  );
});
