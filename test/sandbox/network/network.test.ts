import { once } from 'node:events';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startEcho, watchService } from '../programs.ts';
import type { Sandbox, SandboxNode } from '../sandbox.ts';
import { startSandbox } from '../sandbox.ts';
import type { SandboxOptions } from '../sandbox-options.ts';
import { NODE_A, NODE_B, SERVICE_ENI } from '../sandbox-options.ts';
import { renameDevice } from './guest-network.ts';
import { run } from './run.ts';

const PORT = 7;
/** curl(1), "EXIT CODES". */
const CURL_TIMED_OUT = 28;
const ETH0_OF_A = 'eni-0aaaaaaaaaaaaaaaa';
const OPTIONS: SandboxOptions = { service: { ipv4: ['10.2.0.10'], ipv6: ['fd00:2::10'] }, rename: 'never' };
/** Patience of a poll, not a proof of anything. */
const PATIENCE = { timeout: 15_000, interval: 20 };

async function sh(machine: Pick<SandboxNode, 'exec'>, script: string): Promise<string> {
  const { exitCode, stdout, stderr } = await machine.exec('sh', ['-ec', script]);
  if (exitCode !== 0) throw new Error(`${script}: ${stderr}`);
  return stdout;
}

/** Name of the service ENI's device. */
async function deviceOf(node: SandboxNode): Promise<string> {
  return sh(node, 'basename $(dirname $(grep -l 02:d4:e5:f6:07:18 /sys/class/net/*/address))');
}

async function serve(node: SandboxNode): Promise<void> {
  const device = await deviceOf(node);
  await sh(node, `ip link set ${device} up; ip address add 10.2.0.10/24 dev ${device} noprefixroute`);
}

/** What makes the answers leave through the ENI. */
async function routeThroughEni(node: SandboxNode): Promise<void> {
  const device = await deviceOf(node);
  await sh(
    node,
    `ip route add 10.2.0.0/24 dev ${device} table 100; ip route add default via 10.2.0.1 dev ${device} table 100
     ip rule add from 10.2.0.10 lookup 100 priority 100`,
  );
}

/** Who answers the client; '' for nobody within half a second. */
async function answerer(sandbox: Sandbox, address = '10.2.0.10'): Promise<string> {
  const url = `telnet://${address.includes(':') ? `[${address}]` : address}:${PORT}`;
  const { stdout } = await sandbox.client.exec('curl', ['-s', '-g', '-m', '0.5', url]);
  return stdout;
}

describe('the service ENI', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox(OPTIONS);
    await startEcho(sandbox.nodes.a, PORT);
    await startEcho(sandbox.nodes.b, PORT);
    await sandbox.place(SERVICE_ENI, { attachedTo: NODE_A, deviceIndex: 1 });
    await serve(sandbox.nodes.a);
    await routeThroughEni(sandbox.nodes.a);
  });
  afterAll(async () => {
    expect(await sandbox.violations()).toEqual([]);
    await sandbox.close();
  });

  test('is reached by the client', async () => {
    await expect.poll(() => answerer(sandbox), PATIENCE).toBe('node-a');
  });

  test('is reached by IPv6 through the router that AWS has', async () => {
    const device = await deviceOf(sandbox.nodes.a);
    await sh(
      sandbox.nodes.a,
      `ip address add fd00:2::10/128 dev ${device} nodad; ip route add default via fe80:ec2::1 dev ${device}`,
    );
    await expect.poll(() => answerer(sandbox, 'fd00:2::10'), PATIENCE).toBe('node-a');
  });

  test('is reached at the other node after a move, without anybody announcing it', async () => {
    await sandbox.place(SERVICE_ENI, { attachedTo: NODE_B, deviceIndex: 1 });
    expect(await answerer(sandbox)).toBe('');
    await serve(sandbox.nodes.b);
    await routeThroughEni(sandbox.nodes.b);
    await expect.poll(() => answerer(sandbox), PATIENCE).toBe('node-b');
  });

  test('is silent while nobody has it: the router asks no guest who does', async () => {
    await sandbox.place(SERVICE_ENI, 'available');
    const url = `telnet://10.2.0.10:${PORT}`;
    // Longer than a router would ask, a second for each of three times, and then call the host unreachable.
    const { exitCode } = await sandbox.client.exec('curl', ['-s', '-m', '7', url]);
    expect(exitCode).toBe(CURL_TIMED_OUT);
  });

  test('was used by everybody under their own addresses', async () => {
    expect(Object.values(await sandbox.drops())).toEqual([0, 0, 0, 0]);
  });
});

test('the client sees who answers, that nobody does, and who does next', async () => {
  const sandbox = await startSandbox(OPTIONS);
  try {
    await startEcho(sandbox.nodes.a, PORT);
    await startEcho(sandbox.nodes.b, PORT);
    await sandbox.place(SERVICE_ENI, { attachedTo: NODE_A, deviceIndex: 1 });
    await serve(sandbox.nodes.a);
    await routeThroughEni(sandbox.nodes.a);
    await expect.poll(() => answerer(sandbox), PATIENCE).toBe('node-a');
    const watched = { address: '10.2.0.10', port: PORT, intervalMs: 10, timeoutMs: 100 };
    const { sightings } = await watchService(sandbox.client, watched);
    const seen: (string | undefined)[] = [];
    for await (const { by, sentMs, receivedMs } of sightings) {
      // That it is still the same is said once in a while.
      if (seen.length > 0 && seen.at(-1) === by) continue;
      seen.push(by);
      expect(receivedMs === undefined).toBe(by === undefined);
      if (receivedMs !== undefined) expect(receivedMs).toBeGreaterThanOrEqual(sentMs);
      if (by === 'node-a') await sandbox.place(SERVICE_ENI, { attachedTo: NODE_B, deviceIndex: 1 });
      if (by === 'node-b') break;
      if (by !== undefined) continue;
      await serve(sandbox.nodes.b);
      await routeThroughEni(sandbox.nodes.b);
    }
    expect(seen).toEqual(['node-a', undefined, 'node-b']);
  } finally {
    await sandbox.close();
  }
});

describe('an answer that leaves through the wrong interface', () => {
  /** Without policy routing, and with a kernel that does not mind. */
  async function misrouted(options: SandboxOptions): Promise<Sandbox> {
    const sandbox = await startSandbox({ ...OPTIONS, rpFilter: 2, ...options });
    await startEcho(sandbox.nodes.a, PORT);
    await sandbox.place(SERVICE_ENI, { attachedTo: NODE_A, deviceIndex: 1 });
    await serve(sandbox.nodes.a);
    return sandbox;
  }

  test('is lost, and counted at that interface', async () => {
    const sandbox = await misrouted({});
    try {
      await expect
        .poll(async () => (await answerer(sandbox)) || (await sandbox.drops())[ETH0_OF_A], PATIENCE)
        .toBeGreaterThan(0);
      expect(await answerer(sandbox)).toBe('');
      await routeThroughEni(sandbox.nodes.a);
      await expect.poll(() => answerer(sandbox), PATIENCE).toBe('node-a');
    } finally {
      await sandbox.close();
    }
  });

  test('arrives where the check is off: it is the check that loses it', async () => {
    const sandbox = await misrouted({ sourceDestCheck: false });
    try {
      await expect.poll(() => answerer(sandbox), PATIENCE).toBe('node-a');
    } finally {
      await sandbox.close();
    }
  });
});

test('a node cannot claim another address by ARP, nor send under another MAC', async () => {
  const sandbox = await startSandbox(OPTIONS);
  try {
    const { a, b } = sandbox.nodes;
    await sh(a, 'ip address add 10.1.0.77/24 dev eth0');
    await sh(b, 'ip neighbour flush dev eth0');
    await b.exec('curl', ['-s', '-m', '0.5', 'http://10.1.0.77/']);
    expect((await sandbox.drops())[ETH0_OF_A]).toBeGreaterThan(0);
    expect(await sh(b, 'ip neighbour show 10.1.0.77')).not.toContain('lladdr');
    const before = (await sandbox.drops())['eni-0bbbbbbbbbbbbbbbb'] ?? 0;
    await sh(b, 'ip link set eth0 address 02:00:00:00:00:99');
    await b.exec('curl', ['-s', '-m', '0.5', 'http://10.1.0.1/']);
    expect((await sandbox.drops())['eni-0bbbbbbbbbbbbbbbb']).toBeGreaterThan(before);
  } finally {
    await sandbox.close();
  }
});

/** One of them up, one with a name that the other might get. */
const TWO_DEVICES = 'ip link add eth7 type bridge && ip link set eth7 up && ip link add ens6 type bridge';

describe('devices', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ deviceNames: ['ens6', 'enp39s0'] });
  });
  afterAll(async () => {
    expect(await sandbox.violations()).toEqual([]);
    await sandbox.close();
  });
  const plugInto = async (node: SandboxNode): Promise<string> => {
    await sandbox.place(SERVICE_ENI, { attachedTo: node.instanceId, deviceIndex: 1 });
    return deviceOf(node);
  };

  test('change their names from plug to plug', async () => {
    await sandbox.setRename('never');
    expect(await plugInto(sandbox.nodes.a)).toBe('ens6');
    expect(await plugInto(sandbox.nodes.b)).toBe('enp39s0');
  });

  test('pass over a name that is taken', async () => {
    await sandbox.setRename('never');
    await sh(sandbox.nodes.a, 'ip link add ens6 type bridge');
    expect(await plugInto(sandbox.nodes.a)).toBe('enp39s0');
  });

  test('are renamed, also while they are up, to the first name that is free', async () => {
    await sandbox.setRename('always');
    const final = await plugInto(sandbox.nodes.b);
    expect(final).toBe('enp39s0');
    const host = execa('unshare', ['--net', '--', 'sh', '-c', `${TWO_DEVICES}; echo; exec sleep infinity`]);
    try {
      await once(host.stdout, 'data');
      await renameDevice(host.pid ?? 0, 'eth7', ['ens6', 'enp39s0']);
      const links = await run(['nsenter', '-t', `${host.pid}`, '-n', 'ip', '-o', 'link']);
      expect(links).toMatch(/ enp39s0: <[^>]*\bUP\b/);
      expect(links).not.toContain('eth7');
    } finally {
      host.kill('SIGKILL');
      await host.catch(() => undefined);
    }
  });

  test('come with the MTU that a kernel gives, and can have that of the VPC, as the own one has', async () => {
    await sandbox.setRename('never');
    const { a } = sandbox.nodes;
    const device = await plugInto(a);
    const mtu = (name: string): Promise<string> => sh(a, `cat /sys/class/net/${name}/mtu`);
    expect([await mtu(device), await mtu('eth0')]).toEqual(['1500', '9001']);
    await sh(a, `ip link set ${device} mtu 9001`);
    expect(await mtu(device)).toBe('9001');
  });

  test('are gone when the ENI is', async () => {
    await plugInto(sandbox.nodes.a);
    await sandbox.place(SERVICE_ENI, 'available');
    await expect(deviceOf(sandbox.nodes.a)).rejects.toThrow();
  });
});
