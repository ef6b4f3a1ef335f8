import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SandboxNode } from '../sandbox/sandbox.ts';
import { quick } from '../scenarios/agent.ts';
import { holderOf } from '../scenarios/expectations.ts';
import { kill } from './break-node.ts';
import type { Cluster } from './cluster.ts';
import { startCluster } from './cluster.ts';
import type { CrmStatus } from './crm-status.ts';
import { expectServed, isStarted, runsOn } from './expectations.ts';
import { readmeConfiguration } from './readme-commands.ts';

const directory = new URL('../../ocf/examples/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, directory), 'utf8');

const ASCS = ['eni-ascs', 'sap-ascs'] as const;
const ERS = ['eni-ers', 'sap-ers'] as const;
const ERS_ENI = 'eni-0b5f607180a1b2c3d';

/** Dummy answers for SAP, with the real agent's parameters and meta-data. */
const PLACE_SAP_INSTANCE = `agents=/usr/lib/ocf/resource.d/heartbeat
touch /run/cluster/SAPInstance
mount --bind $agents/SAPInstance /run/cluster/SAPInstance
cat > /run/cluster/stand-in <<'END'
#!/bin/sh
case "$1" in meta-data) exec /run/cluster/SAPInstance "$@" ;; esac
exec /usr/lib/ocf/resource.d/heartbeat/Dummy "$@"
END
chmod 755 /run/cluster/stand-in
mount --bind /run/cluster/stand-in $agents/SAPInstance`;

/** What a configuration says, however its lines are broken. */
function statements(text: string): readonly string[] {
  return text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .map((line) =>
      line
        .replace(/^crm configure /, '')
        .replaceAll(/\s+/g, ' ')
        .trim(),
    )
    .filter((line) => line !== '');
}

test('two-nodes.crm is what the README’s commands configure', () => {
  expect(statements(read('two-nodes.crm'))).toEqual(statements(readmeConfiguration()));
  expect(statements(read('two-nodes.crm')).length).toBe(5);
});

describe('crm loads each without a word, and so does Pacemaker', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ latencies: quick, moreEnis: [{ id: ERS_ENI, ipv4: ['10.2.0.20'] }] });
  });
  afterAll(() => cluster.close());

  const load = async (name: string): Promise<void> => {
    const file = '/run/tmp/example.crm';
    await cluster.run(`cat > ${file} <<'END'\n${read(name)}END`);
    const said = await cluster.run(`
{ crm configure load update ${file}; crm configure verify; crm_verify --live-check -VV; } 2>&1`);
    expect(said).toBe('');
  };

  test('two-nodes.crm: the address is served', async () => {
    await load('two-nodes.crm');
    await expectServed(cluster);
  });

  test('group.crm: what needs the address runs where it is', async () => {
    await load('group.crm');
    const { resources } = await cluster.until('service started', (seen) => isStarted(seen, 'service'));
    const [node = ''] = resources.find(({ id }) => id === 'service')?.on ?? [];
    const { a, b } = cluster.sandbox.nodes;
    expect(runsOn(await cluster.status(), node === 'node-a' ? a : b)).toBe(true);
  });

  test('sap-ascs-ers.crm: ASCS and ERS apart, and together on the node that is left', async () => {
    const { a, b } = cluster.sandbox.nodes;
    await Promise.all([a, b].map((node) => cluster.run(PLACE_SAP_INSTANCE, node)));
    await cluster.run('crm resource stop service-group');
    await cluster.settled();
    await cluster.run('crm configure delete service-group service service-eni');
    await load('sap-ascs-ers.crm');

    const areOn = (status: CrmStatus, ids: readonly string[], node: SandboxNode): boolean =>
      ids.every((id) => runsOn(status, node, id));
    const started = await cluster.until(
      'ASCS and ERS apart',
      (seen) =>
        (areOn(seen, ASCS, a) && areOn(seen, ERS, b)) || (areOn(seen, ASCS, b) && areOn(seen, ERS, a)),
    );
    expect(started.failures).toEqual([]);

    const [dying, left] = areOn(started, ASCS, a) ? [a, b] : [b, a];
    await kill(cluster, dying);
    await cluster.until('ASCS and ERS together', (seen) => areOn(seen, [...ASCS, ...ERS], left), left);
    expect((await cluster.status(left)).failures).toEqual([]);
    const holders = [await holderOf(cluster.sandbox), await holderOf(cluster.sandbox, ERS_ENI)];
    expect(holders).toEqual([left.instanceId, left.instanceId]);
    expect(await cluster.sandbox.violations()).toEqual([]);
  });
});
