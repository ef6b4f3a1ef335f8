import { alive, inMachinesOf } from '../../sandbox/process-table.ts';
import { startEcho } from '../../sandbox/programs.ts';
import type { Sandbox, SandboxNode } from '../../sandbox/sandbox.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { SERVICE_ENI } from '../../sandbox/sandbox-options.ts';
import { quick } from '../agent.ts';
import type { NodeTruth } from './node-truth.ts';
import { readTruth } from './node-truth.ts';
import { HEARD, standInForUdev } from './stand-in-for-udev.ts';
import type { WatchedPrograms } from './watched-programs.ts';
import { watchPrograms } from './watched-programs.ts';

/** A VPC in which one action after the other is cut off, each from a clean beginning. */
export interface Laboratory {
  readonly sandbox: Sandbox;
  readonly programs: WatchedPrograms;
  truthOf(node: SandboxNode): Promise<NodeTruth>;
  /** What others have put on the node, of which nothing may change. */
  foreignOn(node: SandboxNode): readonly string[];
  /** Processes on the node that were not there at the beginning. */
  strangersOn(node: SandboxNode): Promise<readonly number[]>;
  /** The ENI free and the nodes as if no start had ever run there. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** A service on all addresses of both nodes; it tells who answers. */
export const ECHO_PORT = 7_007;

/** Of someone else, close to the agent's own: same priority, same table, same address. */
const FOREIGN = [
  'ip rule add from 10.9.9.9 lookup 100 priority 100',
  'ip rule add from 10.2.0.10 fwmark 7 lookup 100 priority 100',
  'ip rule add from 10.2.0.10 lookup 200 priority 99',
  'ip route add 192.168.0.0/16 via 10.1.0.1 dev eth0 table 200',
  'ip route add 10.77.0.0/16 via 10.1.0.1 dev eth0 table 100',
  'ip address add 10.1.0.99/32 dev eth0',
  'ip -6 rule add from fd00:9::9 lookup 100 priority 100',
].join(' && ');

const CLEAN = `while ip rule delete from 10.2.0.10 lookup 100 priority 100 protocol kernel 2> /dev/null; do :; done
rm -f /run/resource-agents/* /run/udev/rules.d/*aws-eni* /run/systemd/network/*aws-eni* ${HEARD}`;

export async function openLaboratory(): Promise<Laboratory> {
  const sandbox = await startSandbox({
    // The next action finds the one before it still under way.
    latencies: { ...quick, deviceMs: 150, detachMs: 250 },
    rename: 'never',
    // More calls in a row than any account would make.
    throttling: { mutating: { capacity: 10_000, refillPerSecond: 1_000 } },
  });
  const both = [sandbox.nodes.a, sandbox.nodes.b];
  const mac = (await sandbox.world()).enis[SERVICE_ENI]?.mac ?? '';
  const programs = await watchPrograms(mac);
  const foreign = new Map<string, readonly string[]>();
  const residents = new Map<string, readonly number[]>();
  for (const node of both) {
    const { exitCode, stderr } = await node.exec('sh', ['-ec', FOREIGN]);
    if (exitCode !== 0) throw new Error(`could not make foreign rules on ${node.name}: ${stderr}`);
    await standInForUdev(node);
    await startEcho(node, ECHO_PORT);
    foreign.set(node.name, (await readTruth(node, mac)).foreign);
    residents.set(node.name, inMachinesOf([await node.pid()]));
  }
  return {
    sandbox,
    programs,
    truthOf: (node) => readTruth(node, mac),
    foreignOn: (node) => foreign.get(node.name) ?? [],
    strangersOn: async (node) =>
      alive(inMachinesOf([await node.pid()])).filter((pid) => !residents.get(node.name)?.includes(pid)),
    reset: async () => {
      await sandbox.clearFaults();
      await sandbox.release();
      for (const { instanceId } of both) await sandbox.unhang(instanceId);
      await sandbox.place(SERVICE_ENI, 'available');
      for (const node of both) await node.exec('sh', ['-c', CLEAN]);
    },
    close: async () => {
      await programs.remove();
      await sandbox.close();
    },
  };
}
