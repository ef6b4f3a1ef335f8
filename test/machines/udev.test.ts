import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { ServiceClient } from '../sandbox/service-client.ts';
import { expectBare } from '../scenarios/expectations.ts';
import { act, expectDone, expectServes, machine, sh, startMachines, watch } from './machine-nodes.ts';

const MAC = '02:d4:e5:f6:07:18';

let sandbox: Sandbox;
beforeAll(async () => {
  // Node b is asked for a device by its slot's button, and lets go of it 5 s later.
  sandbox = await startMachines({ a: { machine: machine() }, b: { machine: machine({ hotplug: 'pcie' }) } });
});
afterAll(async () => {
  const violations = await sandbox.violations();
  await sandbox.close();
  expect(violations).toEqual([]);
});

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
  await expectServes(sandbox, a);
  expect(await finalName()).toBe('ens6');
  expect(await sh(a, 'dmesg')).toContain('ens6: renamed from eth0');
  await expectDone(act(sandbox, a, 'stop'));
  await expectBare(sandbox, a);
});

/** From the kernel's first sight of the device that came last to its last rename, in seconds. */
async function renamedAfter(): Promise<number> {
  const log = await sh(sandbox.nodes.a, 'dmesg');
  const atLast = (line: RegExp): number => {
    const times = log
      .split('\n')
      .flatMap((one) => (line.test(one) ? [Number(/^\[ *([\d.]+)\]/.exec(one)?.[1])] : []));
    return times.at(-1) ?? Number.NaN;
  };
  return atLast(/ens6: renamed from/) - atLast(/pci 0000:00:06\.0: \[1af4:/);
}

// SUSE's cloud-netconfig has udev sleep a second for each new interface.
test.each([1.5, 2.5])(
  'udev that takes %d s for the device: the start serves, and goes on to',
  async (seconds) => {
    const { a } = sandbox.nodes;
    const rule = `SUBSYSTEM=="net", ACTION=="add", ATTR{address}=="${MAC}", PROGRAM="/bin/sleep ${seconds}"`;
    await sh(a, `echo '${rule}' > /etc/udev/rules.d/01-slow.rules; udevadm control --reload`);
    await expectDone(act(sandbox, a, 'start'));
    const client = await watch(sandbox);
    try {
      await client.answeredBy('node-a');
      const before = client.outages().length;
      expect(await finalName()).toBe('ens6');
      expect(await renamedAfter()).toBeGreaterThan(seconds);
      await expectServes(sandbox, a);
      await client.answered();
      expect(client.outages().slice(before)).toEqual([]);
    } finally {
      await client.stop();
    }
    await expectDone(act(sandbox, a, 'stop'));
    await expectBare(sandbox, a);
  },
);

/** The requests of a client, while `work` runs. */
async function underRequests(work: (client: ServiceClient) => Promise<void>): Promise<void> {
  const client = await watch(sandbox);
  try {
    await work(client);
  } finally {
    await client.stop();
  }
}

test('a device that the guest lets go of late is gone when stop is done', async () => {
  const { b } = sandbox.nodes;
  await underRequests(async (client) => {
    await expectDone(act(sandbox, b, 'start'));
    await client.answeredBy('node-b');
    await expectServes(sandbox, b);
    await expectDone(act(sandbox, b, 'stop'));
    await expectBare(sandbox, b);
  });
});

test('a takeover from a node that lets go of the device late', async () => {
  const { a, b } = sandbox.nodes;
  await underRequests(async (client) => {
    await expectDone(act(sandbox, b, 'start'));
    await client.answeredBy('node-b');
    await expectDone(act(sandbox, a, 'start'));
    await client.answeredBy('node-a');
    await expectServes(sandbox, a);
    await expectDone(act(sandbox, b, 'stop'));
    await expectBare(sandbox, b);
    await client.answeredBy('node-a');
  });
});
