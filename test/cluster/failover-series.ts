import { expect } from 'vitest';
import type { SandboxNode } from '../sandbox/sandbox.ts';
import { startServiceClient } from '../sandbox/service-client.ts';
import { cutLink, freeze, kill, mendLink } from './break-node.ts';
import type { Cluster } from './cluster.ts';
import { SERVICE_PORT } from './cluster.ts';
import { expectServedBy, otherThan } from './expectations.ts';

/** How the node that serves is lost, in turn. */
const LOSSES = {
  killed: kill,
  frozen: freeze,
  'powered off': ({ sandbox }: Cluster, node: SandboxNode) => sandbox.powerOff(node.instanceId),
  'cut off': cutLink,
} as const;

export interface Failover {
  readonly kind: keyof typeof LOSSES;
  readonly outageMs: number;
}

/** Failovers in a row, there and back, under the requests of one client. Each must end right. */
export async function failOverRepeatedly(cluster: Cluster, count: number): Promise<readonly Failover[]> {
  const client = await startServiceClient(cluster.sandbox, {
    address: '10.2.0.10',
    port: SERVICE_PORT,
    requestEveryMs: 50,
  });
  const kinds = Object.keys(LOSSES) as readonly (keyof typeof LOSSES)[];
  const failovers: Failover[] = [];
  let serving: SandboxNode = cluster.sandbox.nodes.a;
  try {
    for (let turn = 0; turn < count; turn += 1) {
      const kind = kinds[turn % kinds.length] ?? 'killed';
      const other = otherThan(cluster, serving);
      await client.answeredBy(`node-${serving.name}`);
      await favour(cluster, other);
      await LOSSES[kind](cluster, serving);
      await expectServedBy(cluster, other);
      const { startMs, endMs } = await client.answeredBy(`node-${other.name}`);
      failovers.push({ kind, outageMs: endMs - startMs });
      expect((await cluster.sandbox.world()).instances[serving.instanceId]?.power).toBe('stopped');
      if (kind === 'cut off') await mendLink(cluster, other);
      await cluster.boot(serving);
      await expectServedBy(cluster, other);
      serving = other;
    }
  } finally {
    await client.stop();
  }
  expect(await cluster.sandbox.violations()).toEqual([]);
  return failovers;
}

/** When the link is cut this node is the one that is left, for it is fenced later; each turn begins so. */
async function favour(cluster: Cluster, node: SandboxNode): Promise<void> {
  const other = otherThan(cluster, node);
  await cluster.run(`crm resource param fencing-node-${other.name} set pcmk_delay_base 0s
crm resource param fencing-node-${node.name} set pcmk_delay_base 15s`);
  await cluster.settled();
}

/** One line for each kind of loss and one for all: how many, and the shortest, median and longest outage. */
export function renderFailovers(failovers: readonly Failover[]): string {
  const row = (name: string, some: readonly Failover[]): string => {
    const sorted = some.map(({ outageMs }) => outageMs).toSorted((one, other) => one - other);
    const [min = 0, median = 0, max = 0] = [0, Math.floor((sorted.length - 1) / 2), sorted.length - 1].map(
      (index) => sorted[index],
    );
    return [name.padEnd(14), `${some.length}`.padStart(5), ...[min, median, max].map(seconds)].join('');
  };
  const kinds = [...new Set(failovers.map(({ kind }) => kind))];
  return [
    `${'node'.padEnd(14)}${'times'.padStart(5)}${['min', 'median', 'max'].map((name) => name.padStart(10)).join('')}   (outage as the client saw it)`,
    ...kinds.map((kind) =>
      row(
        kind,
        failovers.filter((one) => one.kind === kind),
      ),
    ),
    row('all', failovers),
  ].join('\n');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`.padStart(10);
}
