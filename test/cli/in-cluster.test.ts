import { describe, expect, test } from 'vitest';
import { eniIn, instancesIn } from '../../src/cli/iam-policy/in-cluster.ts';
import { absent, present, unknown } from '../../src/core/reading.ts';
import type { ClusterResource, ClusterState } from '../../src/ports/cluster.ts';

const resource = (id: string, parameters: ClusterResource['parameters']): ClusterResource => ({
  id,
  parameters,
  operations: [],
  managed: true,
  runningOn: [],
  bannedFrom: [],
});

const ascs = resource('eni-ascs', { eni_id: 'eni-0a1b2c3d4e5f60718' });
const ers = resource('eni-ers', { eni_id: 'eni-0b5f607180a1b2c3d' });

const state = (change: Partial<ClusterState>) =>
  present<ClusterState>({
    ownNode: 'a',
    nodes: [],
    properties: {},
    fencing: [],
    detection: absent,
    resources: [],
    ...change,
  });

const fencedBy = (...maps: readonly (string | undefined)[]) =>
  instancesIn(
    state({
      fencing: maps.map((map, at) => ({
        id: `fencing-${at}`,
        agent: 'fence_aws',
        parameters: map === undefined ? {} : { pcmk_host_map: map },
      })),
    }),
  );

describe('the ENI', () => {
  test('is that of the only resource, or of the one that is named', () => {
    expect(eniIn(state({ resources: [ascs] }), undefined)).toEqual({ found: 'eni-0a1b2c3d4e5f60718' });
    expect(eniIn(state({ resources: [ascs, ers] }), 'eni-ers')).toEqual({ found: 'eni-0b5f607180a1b2c3d' });
  });
  test.each([
    [state({}), undefined, '--eni-id', 'the cluster has no resource of ocf:custom:aws-eni'],
    [
      state({ resources: [ascs] }),
      'eni-ers',
      '--eni-id',
      'the cluster has no resource eni-ers of ocf:custom:aws-eni, but eni-ascs',
    ],
    [
      state({ resources: [ascs, ers] }),
      undefined,
      '--eni-id or --resource',
      'the cluster has eni-ascs, eni-ers',
    ],
    [
      state({ resources: [resource('by-ip', { ip: '10.2.0.10' })] }),
      undefined,
      '--eni-id',
      'by-ip is not configured by eni_id',
    ],
    [absent, undefined, '--eni-id', 'this node is configured for no cluster'],
    [unknown('it is silent'), undefined, '--eni-id', 'it is silent'],
  ] as const)('is none: %j, resource %s', (cluster, name, option, because) => {
    expect(eniIn(cluster, name)).toEqual({ option, because });
  });
});

describe('the instances', () => {
  test.each([
    [['a:i-0aaaaaaaaaaaaaaaa;b:i-0bbbbbbbbbbbbbbbb']],
    [['a=i-0aaaaaaaaaaaaaaaa b=i-0bbbbbbbbbbbbbbbb']],
    [['a:i-0aaaaaaaaaaaaaaaa', 'b:i-0bbbbbbbbbbbbbbbb']],
    [['a:i-0aaaaaaaaaaaaaaaa;b:i-0bbbbbbbbbbbbbbbb', undefined, 'a:i-0aaaaaaaaaaaaaaaa;c:plug-3']],
  ])('are those of %j', (maps) => {
    expect(fencedBy(...maps)).toEqual({ found: ['i-0aaaaaaaaaaaaaaaa', 'i-0bbbbbbbbbbbbbbbb'] });
  });
  test('are told by no other fencing', () => {
    expect(fencedBy(undefined, 'a:1;b:2')).toEqual({
      option: '--instance for each node',
      because: 'no fencing device of the cluster has a pcmk_host_map with instances',
    });
  });
});
