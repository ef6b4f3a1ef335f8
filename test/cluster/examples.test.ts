import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { quick } from '../scenarios/agent.ts';
import type { Cluster } from './cluster.ts';
import { startCluster } from './cluster.ts';
import { expectServed, isStarted, runsOn } from './expectations.ts';
import { readmeConfiguration } from './readme-commands.ts';

const directory = new URL('../../ocf/examples/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, directory), 'utf8');

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
  expect(statements(read('two-nodes.crm')).length).toBe(4);
});

describe('crm loads each without a word, and so does Pacemaker', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ latencies: quick });
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

  test('sap-ascs-ers.crm, where there is no SAP to start', async () => {
    await cluster.run('crm configure property maintenance-mode=true');
    await cluster.settled();
    await load('sap-ascs-ers.crm');
    const { resources } = await cluster.status();
    const ids = resources.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['eni-ascs', 'sap-ascs', 'eni-ers', 'sap-ers']));
  });
});
