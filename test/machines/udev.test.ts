import { aroundAll, expect, test } from 'vitest';
import type { Sandbox, SandboxNode } from '../sandbox/sandbox.ts';
import type { ServiceClient } from '../sandbox/service-client.ts';
import { expectBare } from '../scenarios/expectations.ts';
import {
  act,
  expectDone,
  expectServes,
  machine,
  sh,
  underRequests,
  unnoticed,
  withMachines,
} from './machine-nodes.ts';

const MAC = '02:d4:e5:f6:07:18';

let sandbox: Sandbox;
let client: ServiceClient;
aroundAll((runTests) =>
  // Node b is asked for a device by its slot's button, and lets go of it 5 s later.
  withMachines({ a: { machine: machine() }, b: { machine: machine({ hotplug: 'pcie' }) } }, (machines) =>
    underRequests(machines, (requests) => {
      [sandbox, client] = [machines, requests];
      return runTests();
    }),
  ),
);

/** What udev has the name of the ENI's device be, once it has done with it. */
async function finalName(): Promise<string> {
  const look = `udevadm settle --timeout=120; for path in /sys/class/net/*; do
  if [ "$(cat $path/address)" = ${MAC} ]; then echo \${path##*/}; fi
done`;
  return (await sh(sandbox.nodes.a, look)).trim();
}

test('a device that udev renames under the start serves under its new name', async () => {
  const { a } = sandbox.nodes;
  await expectDone(act(sandbox, a, 'start'));
  await client.answeredBy('node-a');
  await unnoticed(client, async () => {
    expect(await finalName()).toBe('ens6');
    expect(await sh(a, 'dmesg')).toContain('ens6: renamed from eth0');
    await expectServes(sandbox, a);
  });
  await expectDone(act(sandbox, a, 'stop'));
  await expectBare(sandbox, a);
});

/** When a node's kernel last said so, in seconds since it booted. */
async function lastSaid(node: SandboxNode, line: RegExp): Promise<number> {
  const lines = (await sh(node, 'dmesg')).split('\n').filter((one) => line.test(one));
  return Number(/^\[ *([\d.]+)\]/.exec(lines.at(-1) ?? '')?.[1]);
}

// SUSE's cloud-netconfig has udev sleep a second for each new interface.
test.each([1.5, 2.5])(
  'udev that takes %d s for the device: the start serves, and goes on to',
  async (seconds) => {
    const { a } = sandbox.nodes;
    const rule = `SUBSYSTEM=="net", ACTION=="add", ATTR{address}=="${MAC}", PROGRAM="/bin/sleep ${seconds}"`;
    await sh(a, `echo '${rule}' > /etc/udev/rules.d/01-slow.rules; udevadm control --reload`);
    await expectDone(act(sandbox, a, 'start'));
    await client.answeredBy('node-a');
    await unnoticed(client, async () => {
      expect(await finalName()).toBe('ens6');
      await expectServes(sandbox, a);
    });
    const renamed = await lastSaid(a, /ens6: renamed from/);
    expect(renamed - (await lastSaid(a, /pci 0000:00:06\.0: \[1af4:/))).toBeGreaterThan(seconds);
    await expectDone(act(sandbox, a, 'stop'));
    await expectBare(sandbox, a);
  },
);

/** Its slot's button is what has node b let go of the device in `work`, 5 s after it is pressed. */
async function expectLate(work: () => Promise<void>): Promise<void> {
  const presses = (): Promise<string> =>
    sh(sandbox.nodes.b, 'dmesg | grep -c "Slot(1): Button press: will power off in 5 sec" || true');
  const before = Number(await presses());
  const startedMs = performance.now();
  await work();
  // A timer of the guest's may be a tick short.
  expect(performance.now() - startedMs).toBeGreaterThan(4_950);
  expect(Number(await presses())).toBe(before + 1);
}

test('a device that the guest lets go of late is gone when stop is done', async () => {
  const { b } = sandbox.nodes;
  await expectDone(act(sandbox, b, 'start'));
  await client.answeredBy('node-b');
  await expectServes(sandbox, b);
  await expectLate(() => expectDone(act(sandbox, b, 'stop')));
  await expectBare(sandbox, b);
});

test('a takeover from a node that lets go of the device late', async () => {
  const { a, b } = sandbox.nodes;
  await expectDone(act(sandbox, b, 'start'));
  await client.answeredBy('node-b');
  await expectLate(() => expectDone(act(sandbox, a, 'start')));
  await client.answeredBy('node-a');
  await unnoticed(client, async () => {
    await expectServes(sandbox, a);
    await expectDone(act(sandbox, b, 'stop'));
    await expectBare(sandbox, b);
  });
});
