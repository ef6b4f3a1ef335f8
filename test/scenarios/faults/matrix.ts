import type { FaultRule } from '../../sandbox/http/faults.ts';
import type { NamedFault } from './ec2-faults.ts';
import * as ec2 from './ec2-faults.ts';
import type { Ending } from './endings.ts';
import {
  aServes,
  elsewhere,
  healthy,
  lasting,
  misfit,
  mistaken,
  refused,
  roleless,
  taken,
  unasked,
} from './endings.ts';
import * as imds from './metadata-faults.ts';
import type { SceneName } from './scenes.ts';

/** Where a fault strikes: one kind of request. */
export const calls = {
  'describing the ENI': { service: 'ec2', action: 'DescribeNetworkInterfaces' },
  'describing the instances': { service: 'ec2', action: 'DescribeInstances' },
  'describing the subnet': { service: 'ec2', action: 'DescribeSubnets' },
  'asking whether it may attach': { service: 'ec2', action: 'AttachNetworkInterface' },
  attaching: { service: 'ec2', action: 'AttachNetworkInterface' },
  detaching: { service: 'ec2', action: 'DetachNetworkInterface' },
  'session token': { service: 'imds', path: 'latest/api/token' },
  'instance identity': { service: 'imds', path: 'instance-identity/document' },
  'interfaces of the instance': { service: 'imds', path: 'network/interfaces/macs' },
  "role's credentials": { service: 'imds', path: 'iam/security-credentials' },
} as const satisfies Record<string, FaultRule['match']>;

export type Call = keyof typeof calls;

/** Faults that end alike, at one kind of request. */
export interface Row {
  readonly call: Call;
  /** What they have in common, for the documentation. */
  readonly kind: string;
  readonly faults: readonly NamedFault[];
  readonly endings: Readonly<Partial<Record<SceneName, Ending>>>;
}

type Kinds = readonly (readonly [kind: string, faults: readonly NamedFault[], by: typeof lasting])[];

const describing: Kinds = [
  ['refused', ec2.refusals, refused],
  ['does not fit', ec2.misfits, misfit],
  ['a mistake, or a code that nobody knows', ec2.mistakes, mistaken],
  ['throttled, 5xx, overload', ec2.overload, lasting],
  ['credentials called expired', ec2.expired, lasting],
  ['no answer, or none of EC2’s', [...ec2.silence, ...ec2.lostAnswers], lasting],
];

/** Those after which what was asked for has not been done. */
const undone: Kinds = describing.map(([kind, faults, by]) => [
  kind,
  faults.filter((fault) => !ec2.lostAnswers.includes(fault)),
  by,
]);

const metadata: Kinds = [['no answer, an error, or nonsense', imds.silence, lasting]];

function rows(call: Call, kinds: Kinds, endings: (by: typeof lasting) => Row['endings']): readonly Row[] {
  return kinds.map(([kind, faults, by]) => ({ call, kind, faults, endings: endings(by) }));
}

/** Some of each kind, where another row has all of them for the same code. */
function someOf(kinds: Kinds): Kinds {
  return kinds.map(([kind, faults, by]) => [kind, faults.filter((_, index) => index % 4 === 0), by]);
}

const noSuchEni = /^EC2 knows no such ENI: eni-0a1b2c3d4e5f60718; check eni_id, ip and region/;

/** Of the subnet only advice is wanted: the metadata service tells the same later. */
const untoldSubnet = /^could not learn the networks of subnet-\w+: .+; the metadata service tells them once/m;

/** Every fault that lasts, and what becomes of each action that makes the call. All other actions do not notice it. */
export const matrix: readonly Row[] = [
  ...rows(
    'describing the ENI',
    [...describing, ['an answer about others', ec2.wrongEnis, lasting]],
    (by) => ({ takeover: by.ahead, stop: by.stop }),
  ),
  ...rows(
    'describing the ENI',
    [...someOf(describing), ['an answer about others', ec2.wrongEnis, lasting]],
    (by) => ({ 'monitor, level 10': by.deep, 'validate-all, level 10': by.ahead }),
  ),
  {
    call: 'describing the ENI',
    kind: 'no such ENI',
    faults: [...ec2.notFound, ...ec2.emptyList],
    endings: {
      takeover: { exitCode: 2, says: noSuchEni, left: aServes },
      stop: lasting.stop,
      'monitor, level 10': { exitCode: 1, says: /^EC2 knows no such ENI any more: eni-/, left: aServes },
      'validate-all, level 10': { exitCode: 2, says: noSuchEni, left: aServes },
    },
  },
  ...rows('describing the instances', someOf(describing), (by) => ({
    takeover: by.ahead,
    'validate-all, level 10': by.ahead,
  })),
  ...rows('describing the subnet', someOf(describing), () => ({
    takeover: { exitCode: 0, says: untoldSubnet, left: taken },
    'validate-all, level 10': { exitCode: 0, says: untoldSubnet, left: aServes },
  })),
  ...rows('asking whether it may attach', someOf(describing), (by) => ({
    takeover: by.ahead,
    'validate-all, level 10': by.ahead,
  })),
  ...rows('attaching', undone, (by) => ({ start: by.free })),
  {
    call: 'attaching',
    kind: 'somebody holds it, or the index',
    faults: ec2.attachAnswers,
    endings: { start: lasting.free },
  },
  {
    call: 'attaching',
    kind: 'done, and the answer is lost',
    faults: ec2.lostAnswers,
    endings: { start: { exitCode: 0, says: /looking what became of it/, left: aServes } },
  },
  ...rows('detaching', undone, (by) => ({ takeover: by.ahead })),
  ...rows('detaching', someOf(undone), (by) => ({ stop: by.stop })),
  {
    call: 'detaching',
    kind: 'nothing to detach, or not now',
    faults: ec2.detachAnswers,
    endings: { takeover: lasting.ahead, stop: lasting.stop },
  },
  {
    call: 'detaching',
    kind: 'done, and the answer is lost',
    faults: ec2.lostAnswers,
    endings: { takeover: { exitCode: 0, says: /looking what became of it/, left: taken } },
  },
  ...rows('session token', metadata, (by) => ({
    takeover: by.ahead,
    stop: by.stop,
    'monitor, level 10': by.deep,
    'probe where it runs': healthy,
    'probe elsewhere': elsewhere,
    'validate-all, level 10': unasked,
  })),
  ...rows('instance identity', metadata, (by) => ({
    takeover: by.ahead,
    'monitor, level 10': by.deep,
    'validate-all, level 10': unasked,
  })),
  ...rows("role's credentials", [...metadata, ['no role', imds.absence, roleless]], (by) => ({
    takeover: by.ahead,
    stop: by.stop,
    'monitor, level 10': by.deep,
    'validate-all, level 10': by.ahead,
  })),
  ...rows(
    'interfaces of the instance',
    [['absent, no answer, an error, or nonsense', [...imds.silence, ...imds.absence], lasting]],
    () => ({
      'probe where it runs': healthy,
      'probe elsewhere': elsewhere,
    }),
  ),
];
