import { expect, test } from 'vitest';
import type { SandboxOptions } from '../sandbox/sandbox-options.ts';
import { quick } from '../scenarios/agent.ts';
import type { Cluster } from './cluster.ts';
import { startCluster } from './cluster.ts';
import { isStarted, moveTo, RESOURCE } from './expectations.ts';
import { readmeConfiguration } from './readme-commands.ts';

export interface ScenarioOptions {
  /** What differs from the README's configuration: text, and what stands in its place. */
  readonly replace?: Readonly<Record<string, string>>;
  /** Commands after it. */
  readonly also?: string;
  readonly sandbox?: SandboxOptions;
}

/** A cluster configured as the README says, EC2 in a hurry, with the service on node a. */
export async function startServingCluster(options: ScenarioOptions = {}): Promise<Cluster> {
  const cluster = await startCluster({ latencies: quick, ...options.sandbox });
  try {
    await cluster.run(readmeConfiguration(options.replace) + (options.also ?? ''));
    await cluster.until(`${RESOURCE} started`, isStarted);
    await moveTo(cluster, cluster.sandbox.nodes.a);
  } catch (error) {
    await cluster.close();
    throw error;
  }
  return cluster;
}

/** A test with such a cluster of its own. It fails when anything was asked of the VPC that it does not model. */
export function clusterScenarioWith(options: ScenarioOptions) {
  return test.extend<{ readonly cluster: Cluster }>({
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of the fixtures that this one needs
    cluster: async ({}, use) => {
      const cluster = await startServingCluster(options);
      try {
        await use(cluster);
        expect(await cluster.sandbox.violations()).toEqual([]);
      } finally {
        await cluster.close();
      }
    },
  });
}

export const clusterScenario = clusterScenarioWith({});
