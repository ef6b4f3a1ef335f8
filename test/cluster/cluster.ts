import { setTimeout as pause } from 'node:timers/promises';
import { chosenRelease, directoryOf, rootIn } from '../releases/releases.ts';
import type { Sandbox, SandboxNode } from '../sandbox/sandbox.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import type { SandboxOptions } from '../sandbox/sandbox-options.ts';
import { corosyncConf } from './corosync-conf.ts';
import type { CrmStatus } from './crm-status.ts';
import { parseCrmStatus } from './crm-status.ts';
import { CLUSTER_ENVIRONMENT, runOn } from './node-shell.ts';
import { CLUSTER_DIRECTORIES, prepareNode } from './prepare-node.ts';
import { PACEMAKER_LOG, startClusterServices, startNamedService, stopClusterServices } from './services.ts';

/** A real cluster of Corosync and Pacemaker on the two nodes of a sandbox, with fencing. It ends as the sandbox does. */
export interface Cluster {
  readonly sandbox: Sandbox;
  /** Runs shell commands on a node that is on. @throws with what they printed, when they fail */
  run(script: string, node?: SandboxNode): Promise<string>;
  /** What crm_mon shows on a node that is on. */
  status(node?: SandboxNode): Promise<CrmStatus>;
  /** Resolves when the status, as the node sees it, is so. @throws with status and log, when that takes too long */
  until(what: string, isSo: (status: CrmStatus) => boolean, node?: SandboxNode): Promise<CrmStatus>;
  /** Resolves when the cluster has nothing more to do. */
  settled(node?: SandboxNode): Promise<void>;
  /** Switches a node on that is off, and has it join. */
  boot(node: SandboxNode): Promise<void>;
  startServices(node: SandboxNode): Promise<void>;
  stopServices(node: SandboxNode): Promise<void>;
  close(): Promise<void>;
}

/** Where on each node a service answers with the node's name, on all of its addresses. */
export const SERVICE_PORT = 7_007;

const PATIENCE_MS = 90_000;
const LOOK_EVERY_MS = 150;

/** What starts and stops a cluster's nodes. */
export interface NodeServices {
  /** To be called on a node that has just been switched on. Returns when Pacemaker answers on it. */
  prepare(node: SandboxNode): Promise<void>;
  start(node: SandboxNode): Promise<void>;
  stop(node: SandboxNode): Promise<void>;
}

/** How long something is waited for, and how often it is looked at, which costs the nodes something, too. */
interface Pace {
  readonly patienceMs: number;
  readonly lookEveryMs: number;
}

/**
 * Returns when both nodes are online, without any resource. Pacemaker is this machine's, or that of the release which
 * AWS_ENI_RELEASE names.
 */
export async function startCluster(options: SandboxOptions = {}): Promise<Cluster> {
  const release = chosenRelease();
  const sandbox = await startSandbox({
    ...options,
    ...(release === undefined ? {} : { root: rootIn(directoryOf(release)) }),
    privateDirectories: CLUSTER_DIRECTORIES,
  });
  const nodes = [sandbox.nodes.a, sandbox.nodes.b];
  const installation = {
    controlSocket: sandbox.controlSocket,
    corosyncConf: corosyncConf(nodes),
    hosts: nodes.map(({ name, address }) => `${address} node-${name}\n`).join(''),
  };
  return clusterOn(sandbox, {
    prepare: async (node) => {
      await prepareNode(node, installation);
      await startNamedService(node, SERVICE_PORT);
      await startClusterServices(node);
    },
    start: startClusterServices,
    stop: stopClusterServices,
  });
}

/** Closes the sandbox where it does not become a cluster. */
export async function clusterOn(
  sandbox: Sandbox,
  services: NodeServices,
  { patienceMs, lookEveryMs }: Pace = { patienceMs: PATIENCE_MS, lookEveryMs: LOOK_EVERY_MS },
): Promise<Cluster> {
  const nodes = [sandbox.nodes.a, sandbox.nodes.b];

  /** The first node that is on. */
  const anyNode = async (): Promise<SandboxNode> => {
    for (const node of nodes) {
      const isOn = await node.pid().then(
        () => true,
        () => false,
      );
      if (isOn) return node;
    }
    throw new Error('both nodes are off');
  };

  const status = async (node?: SandboxNode): Promise<CrmStatus> => {
    const on = node ?? (await anyNode());
    const args = ['--one-shot', '--output-as=xml', '--inactive'];
    const { stdout, stderr } = await on.exec('crm_mon', args, { env: CLUSTER_ENVIRONMENT });
    return parseCrmStatus(stdout || stderr);
  };
  const report = async (node: SandboxNode): Promise<string> =>
    runOn(node, `crm_mon -1rf; grep -E 'notice|warn|error|crit' ${PACEMAKER_LOG} | tail -n 60`);
  const until: Cluster['until'] = async (what, isSo, node) => {
    const endMs = performance.now() + patienceMs;
    for (;;) {
      // Pacemaker does not answer while it starts or stops.
      const seen = await status(node).catch((error: unknown) => String(error));
      if (typeof seen !== 'string' && isSo(seen)) return seen;
      if (performance.now() > endMs) {
        const last = typeof seen === 'string' ? seen : '';
        throw new Error(
          `not ${what} within ${patienceMs} ms\n${last}\n${await report(node ?? (await anyNode()))}`,
        );
      }
      await pause(lookEveryMs);
    }
  };
  try {
    await Promise.all(nodes.map(services.prepare));
    await until('online on both nodes', (seen) => seen.nodes.filter(({ online }) => online).length === 2);
  } catch (error) {
    await sandbox.close();
    throw error;
  }
  return {
    sandbox,
    run: async (script, node) => runOn(node ?? (await anyNode()), script),
    status,
    until,
    settled: async (node) => {
      await runOn(
        node ?? (await anyNode()),
        `crm_resource --wait --timeout ${Math.ceil(patienceMs / 1_000) + 10}s`,
      );
    },
    boot: async (node) => {
      await sandbox.boot(node.instanceId);
      await services.prepare(node);
      const peer = nodes.find((other) => other !== node);
      const isOn = (seen: CrmStatus): boolean =>
        seen.nodes.some(({ name, online }) => online && name === `node-${node.name}`);
      await until(`node ${node.name} online`, isOn, peer);
    },
    startServices: services.start,
    stopServices: services.stop,
    close: () => sandbox.close(),
  };
}
