import { existsSync } from 'node:fs';
import { AgentError, asAgentError } from '../../core/failure.ts';
import { excerpt } from '../../core/one-line.ts';
import { absent, present, unknown } from '../../core/reading.ts';
import type { Cluster, ClusterNode, ClusterResource, ClusterState } from '../../ports/cluster.ts';
import type { Ran } from '../run.ts';
import { run } from '../run.ts';
import { saidNothing } from '../run-failure.ts';
import { configurationIn } from './cluster-configuration.ts';
import { statusIn } from './cluster-status.ts';

/** A node without it belongs to no cluster. Source: corosync.conf(5). */
const COROSYNC_CONF = '/etc/corosync/corosync.conf';

/** Pacemaker answers in tens of milliseconds; a cluster that is electing its coordinator takes a few seconds. */
const TIMEOUT_MS = 10_000;

/** The cluster by Pacemaker's own programs: what is configured by cibadmin(8), what is so by crm_mon(8). */
export function createCluster(): Cluster {
  return {
    read: async () => {
      if (!existsSync(COROSYNC_CONF)) return absent;
      try {
        return present({
          ...stateOf(ask('crm_node', ['-n']).trim(), ask('cibadmin', ['--query']), askStatus()),
          detection: askDetection(),
        });
      } catch (thrown) {
        const error = asAgentError(thrown);
        return unknown(error.message);
      }
    },
  };
}

function stateOf(ownNode: string, cib: string, status: string): Omit<ClusterState, 'detection'> {
  const { properties, resources, fencing } = configurationIn(cib);
  const now = statusIn(status);
  return {
    ownNode,
    properties,
    fencing,
    nodes: now.nodes.map(
      ({ name, online, standby, maintenance }): ClusterNode => ({
        name,
        online,
        standby,
        maintenance,
      }),
    ),
    resources: resources.map((resource): ClusterResource => {
      const found = now.resources.filter(({ id }) => id === resource.id);
      return {
        ...resource,
        // A resource that crm_mon does not show is taken for one that Pacemaker will act on.
        managed: found.every(({ managed }) => managed),
        runningOn: found.flatMap(({ on }) => on),
        bannedFrom: now.bans.filter(({ resource: id }) => id === resource.id).map(({ node }) => node),
      };
    }),
  };
}

/** Pacemaker before 2.0.3 knows no `--output-as`. */
function askStatus(): string {
  const ran = runTool('crm_mon', ['--one-shot', '--inactive', '--output-as=xml']);
  return /--output-as|unrecognized option/.test(ran.stderr)
    ? ask('crm_mon', ['--one-shot', '--inactive', '--as-xml'])
    : answerOf(ran, 'crm_mon');
}

/** Of Corosync, which may be asked by root alone. Source: cmap_keys(8). */
function askDetection(): ClusterState['detection'] {
  const keys = 'runtime.config.totem.';
  const { exitCode, stdout, stderr } = runTool('corosync-cmapctl', [keys]);
  const [tokenMs, consensusMs] = ['token', 'consensus'].map((name) =>
    Number(new RegExp(`^${keys}${name} \\(u32\\) = (\\d+)$`, 'm').exec(stdout)?.[1]),
  );
  return tokenMs && consensusMs
    ? present({ tokenMs, consensusMs })
    : unknown(
        `corosync-cmapctl did not tell token and consensus: ${excerpt(stderr.trim() || `exit code ${exitCode}`)}`,
      );
}

function ask(program: string, args: readonly string[]): string {
  return answerOf(runTool(program, args), program);
}

function runTool(program: string, args: readonly string[]): Ran {
  return run(program, args, { timeoutMs: TIMEOUT_MS });
}

function answerOf({ exitCode, stdout, stderr }: Ran, program: string): string {
  if (exitCode === 0 && stdout.trim() === '') throw saidNothing(program, exitCode);
  if (exitCode === 0) return stdout;
  // crm_mon tells its troubles in XML, too.
  const [, told] = /<status [^>]*message="([^"]*)"/.exec(stdout) ?? [];
  const words = excerpt(stderr.trim() || told || `exit code ${exitCode}`);
  throw new AgentError(
    'transient',
    `asking Pacemaker by ${program}: ${words}; check that it runs on this node, and that you are root or in group haclient`,
  );
}
