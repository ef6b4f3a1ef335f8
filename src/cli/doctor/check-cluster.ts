import { fencingProperty } from '../../core/fencing-property.ts';
import type { Reading } from '../../core/reading.ts';
import { advisedActions } from '../../ocf/advised-actions.ts';
import { parameters } from '../../ocf/parameters.ts';
import { shellWord } from '../../ocf/shell-word.ts';
import { duration, isProblem } from '../../ocf/values.ts';
import type { ClusterOperation, ClusterResource, ClusterState } from '../../ports/cluster.ts';
import type { Check, Group } from './check.ts';
import { judged, verdictsOf } from './check.ts';

/** Whether the cluster that the service runs in can do what it is there for. */
export function checkCluster(cluster: Reading<ClusterState>, resource: ClusterResource | undefined): Group {
  const title = 'Cluster';
  const verdicts = verdictsOf('cluster', 'cluster');
  if (cluster.state === 'absent') {
    return {
      title,
      checks: [
        verdicts.warning(
          'this node is configured for none',
          "set Corosync and Pacemaker up; then 'aws-eni crm-config'",
        ),
      ],
    };
  }
  if (cluster.state === 'unknown') return { title, checks: [verdicts.unknown(cluster.because)] };
  const state = cluster.value;
  return {
    title,
    checks: [
      fencing(state),
      nodes(state),
      detection(state),
      ...(resource === undefined
        ? [
            verdictsOf('resource', 'resource').warning(
              'none of ocf:custom:aws-eni for this ENI',
              "'aws-eni crm-config' prints it",
            ),
          ]
        : [...operations(resource), monitor(resource), bans(resource, state), ownTable(resource, state)]),
    ],
  };
}

function fencing({ properties, fencing: devices }: ClusterState): Check {
  const verdicts = verdictsOf('fencing', 'fencing');
  const { name, set, isOn } = fencingProperty(properties);
  const remedy = `'aws-eni crm-config' prints a device; then crm configure property ${name}=true`;
  if (devices.length === 0) return verdicts.failed('no fencing device', remedy);
  const names = devices.map(({ id, agent }) => `${id} (${agent})`).join(', ');
  return isOn ? verdicts.ok(names) : verdicts.failed(`${set?.name}=${set?.value}; there is ${names}`, remedy);
}

function nodes({ nodes: all, properties }: ClusterState): Check {
  const verdicts = verdictsOf('nodes', 'nodes');
  const away = all.filter(({ online, standby }) => !online || standby);
  const names = all.map(({ name }) => name).join(', ');
  if (all.length < 2) return verdicts.failed(`only ${names}`, 'a second node must be there to take over');
  if (away.length > 0) {
    const what = away.map(({ name, online }) => `${name} is ${online ? 'in standby' : 'offline'}`).join(', ');
    return verdicts.failed(
      what,
      "nobody is left to take over: bring it back ('crm node online NODE', 'crm cluster start')",
    );
  }
  const resting = all.filter(({ maintenance }) => maintenance).map(({ name }) => name);
  if (/^(?:true|yes|on|1|y)$/i.test(properties['maintenance-mode'] ?? '')) resting.push('the whole cluster');
  return resting.length > 0
    ? verdicts.warning(
        `${resting.join(', ')}: maintenance, in which Pacemaker does nothing`,
        'end it: crm configure property maintenance-mode=false',
      )
    : verdicts.ok(`${names}: online`);
}

/** How long a service is away before anybody does anything; SUSE's set-up for AWS has a token of 30 s. */
function detection({ detection: reading }: ClusterState): Check {
  const verdicts = verdictsOf('detection', 'a lost node');
  return judged(verdicts, reading, '', ({ tokenMs, consensusMs }) =>
    verdicts.ok(
      `noticed after ${seconds(tokenMs + consensusMs)} (token ${seconds(tokenMs)}, consensus ${seconds(consensusMs)}); fencing and a start follow`,
    ),
  );
}

function seconds(ms: number): string {
  return `${ms / 1_000} s`;
}

/** Of start, stop and each monitor: its timeout against the advised one. */
function operations({ id, operations: configured }: ClusterResource): readonly Check[] {
  return ['start', 'stop', 'monitor'].map((name) => {
    const verdicts = verdictsOf(`timeout-${name}`, `timeout of ${name}`);
    const all = configured.filter((one) => one.name === name);
    const remedy = `advised: ${advisedMs(name, 0) / 1_000}s; crm configure edit ${shellWord(id)}`;
    if (all.length === 0)
      return verdicts.failed("not configured: Pacemaker's default of 20 s counts", remedy);
    const short = all.filter((one) => (millisecondsOf(one.timeout) ?? 0) < advisedMs(name, one.checkLevel));
    const said = (list: readonly ClusterOperation[]): string =>
      list.map(({ timeout }) => timeout ?? '20s, by default').join(', ');
    return short.length === 0
      ? verdicts.ok(said(all))
      : verdicts.warning(
          `${said(short)}: less than advised`,
          `advised: ${advisedMs(name, short[0]?.checkLevel ?? 0) / 1_000}s; crm configure edit ${shellWord(id)}`,
        );
  });
}

function monitor({ id, operations: configured }: ClusterResource): Check {
  const verdicts = verdictsOf('monitor-interval', 'interval of monitor');
  const intervals = configured
    .filter(({ name, checkLevel }) => name === 'monitor' && checkLevel === 0)
    .map(({ interval }) => ({ interval, ms: millisecondsOf(interval) ?? 0 }));
  const [first] = intervals.filter(({ ms }) => ms > 0);
  const remedy = `crm configure edit ${shellWord(id)}: op monitor timeout=30s interval=20s`;
  if (first === undefined)
    return verdicts.failed('no recurring monitor: nobody notices when the service breaks', remedy);
  return first.ms > LONGEST_INTERVAL_MS
    ? verdicts.warning(`${first.interval}: a failure is noticed as late as that`, remedy)
    : verdicts.ok(first.interval ?? '');
}

/** Three times what is advised; a monitor costs some milliseconds. */
const LONGEST_INTERVAL_MS = 60_000;

function bans({ id, bannedFrom }: ClusterResource, { nodes: all }: ClusterState): Check {
  const verdicts = verdictsOf('bans', 'may run on');
  return bannedFrom.length === 0
    ? verdicts.ok(all.map(({ name }) => name).join(', '))
    : verdicts.failed(
        `not on ${bannedFrom.join(', ')}`,
        `a constraint forbids it: 'crm resource clear ${shellWord(id)}' takes those of moves away`,
      );
}

/** Two resources in one table would take each other's routes away. */
function ownTable(resource: ClusterResource, { resources }: ClusterState): Check {
  const verdicts = verdictsOf('own-table', 'table of its own');
  const numberOf = ({ parameters: given }: ClusterResource): string =>
    given['routing_table_id'] ?? parameters.routing_table_id.default ?? '';
  const others = resources.filter((one) => one.id !== resource.id && numberOf(one) === numberOf(resource));
  return others.length === 0
    ? verdicts.ok(numberOf(resource))
    : verdicts.failed(
        `${numberOf(resource)} is also that of ${others.map(({ id }) => id).join(', ')}`,
        'give each resource its own routing_table and routing_table_id',
      );
}

function advisedMs(name: string, level: number): number {
  const advised = advisedActions.filter(([one]) => one === name);
  const [, spec] = advised.find(([, { depth = 0 }]) => depth === level) ?? advised[0] ?? [];
  return spec?.timeoutMs ?? 0;
}

function millisecondsOf(text: string | undefined): number | undefined {
  const value = text === undefined ? undefined : duration(0, Number.MAX_SAFE_INTEGER)(text);
  return value === undefined || isProblem(value) ? undefined : value;
}
