import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from '../../sandbox/http/faults.ts';
import type { Sandbox, SandboxNode } from '../../sandbox/sandbox.ts';
import { NODE_A, NODE_B, SERVICE_ENI } from '../../sandbox/sandbox-options.ts';
import { aServes, free, taken } from './endings.ts';
import type { Call } from './matrix.ts';
import { calls } from './matrix.ts';
import type { SceneName, State } from './scenes.ts';

/** Something that goes wrong for a while, or once. */
export interface Trouble {
  readonly name: string;
  /** What it does to the node that acts, before the action. */
  readonly begin: (sandbox: Sandbox, node: SandboxNode) => Promise<unknown>;
  /** What happens while the action runs. */
  readonly meanwhile?: (sandbox: Sandbox, node: SandboxNode) => Promise<unknown>;
}

/** A trouble that an action gets over. */
export interface Passing {
  readonly trouble: Trouble;
  readonly scene: SceneName;
  readonly left: State;
  readonly limitMs?: number;
}

/** What an action leaves where all goes well. */
const wellDone: Readonly<Partial<Record<SceneName, State>>> = {
  start: aServes,
  takeover: taken,
  stop: free,
  'monitor, level 10': aServes,
  'validate-all, level 10': aServes,
};

const asking: readonly SceneName[] = ['takeover', 'stop', 'monitor, level 10', 'validate-all, level 10'];

function striking(call: Call, times: { readonly times: number } | { readonly forMs: number }, fault: Fault) {
  return (sandbox: Sandbox, { instanceId }: SandboxNode): Promise<unknown> =>
    sandbox.fault({ match: { ...calls[call], instanceId }, ...times, do: fault });
}

const faults: readonly (readonly [name: string, Fault])[] = [
  ['HTTP 500 once', { status: 500 }],
  ['dropped once before it is done', 'drop-before'],
  ['dropped once after it is done', 'drop-after'],
  ['a black hole once', 'black-hole'],
  ['not XML once', 'not-xml'],
  ['an answer that is cut off once', 'cut-off'],
  ['ExpiredToken once', { error: 'ExpiredToken', status: 400 }],
];

const throttled: Fault = { error: 'RequestLimitExceeded', status: 503 };

const strikes: readonly (readonly [Call, readonly SceneName[]])[] = [
  ['describing the ENI', asking],
  ['describing the instances', ['takeover']],
  ['describing the subnet', ['takeover']],
  ['attaching', ['start']],
  ['detaching', ['takeover', 'stop']],
  ['session token', ['takeover', 'stop']],
  ["role's credentials", ['takeover', 'stop']],
];

function on(trouble: Trouble, scenes: readonly SceneName[]): readonly Passing[] {
  return scenes.map((scene) => ({ trouble, scene, left: wellDone[scene] ?? aServes }));
}

const struck = strikes.flatMap(([call, scenes]) => [
  ...faults.flatMap(([name, fault]) =>
    on({ name: `${call}: ${name}`, begin: striking(call, { times: 1 }, fault) }, scenes),
  ),
  ...on({ name: `${call}: throttled for 1 s`, begin: striking(call, { forMs: 1_000 }, throttled) }, scenes),
]);

const throttledFor30Seconds: Passing = {
  trouble: {
    name: 'describing the ENI: throttled for 30 s',
    begin: striking('describing the ENI', { forMs: 30_000 }, throttled),
  },
  scene: 'takeover',
  left: taken,
  limitMs: 60_000,
};

const refusedConnections = on(
  {
    name: 'EC2 refuses connections for 1 s',
    begin: (sandbox, { instanceId }) => sandbox.setEndpoint('refused', instanceId),
    meanwhile: async (sandbox, { instanceId }) => {
      await pause(1_000);
      await sandbox.setEndpoint('on', instanceId);
    },
  },
  asking,
).concat(
  on(
    {
      name: 'the metadata service refuses connections for 1 s',
      begin: (sandbox, { instanceId }) => sandbox.setImds(instanceId, 'refused'),
      meanwhile: async (sandbox, { instanceId }) => {
        await pause(1_000);
        await sandbox.setImds(instanceId, 'on');
      },
    },
    ['takeover', 'stop'],
  ),
);

/** Something happens while the sandbox holds the request, or its answer. */
function between(
  call: Call,
  name: string,
  happen: (sandbox: Sandbox) => Promise<unknown>,
  side: 'hold-before' | 'hold-after' = 'hold-before',
): Trouble {
  return {
    name,
    begin: striking(call, { times: 1 }, side),
    meanwhile: async (sandbox) => {
      await sandbox.held();
      await happen(sandbox);
      await sandbox.release();
    },
  };
}

const expiredBetween = on(
  between('describing the ENI', 'the credentials expire under way', (sandbox) => sandbox.expireCredentials()),
  asking,
);

const clocks = [-1, 1].flatMap((hours) =>
  on(
    {
      name: `the node's clock is wrong by ${hours} h`,
      begin: (sandbox) => sandbox.setSkew(hours * 3_600_000),
    },
    asking,
  ),
);

/** A role that is restricted to some ENIs is refused for an attachment that exists no more. */
function refusedSince(seen: Call, name: string): Trouble {
  const goes = between(seen, name, (sandbox) => sandbox.place(SERVICE_ENI, 'available'), 'hold-after');
  const refuse = striking('detaching', { times: 1 }, { error: 'UnauthorizedOperation', status: 403 });
  return {
    ...goes,
    begin: (sandbox, node) => Promise.all([goes.begin(sandbox, node), refuse(sandbox, node)]),
  };
}

const moved: readonly Passing[] = [
  {
    trouble: refusedSince(
      'describing the instances',
      'its holder has let it go meanwhile, and the detach is refused',
    ),
    scene: 'takeover',
    left: taken,
  },
  {
    trouble: refusedSince('describing the ENI', 'it has gone meanwhile, and the detach is refused'),
    scene: 'stop',
    left: free,
  },
  {
    trouble: between('detaching', 'its holder has let it go meanwhile', (sandbox) =>
      sandbox.place(SERVICE_ENI, 'available'),
    ),
    scene: 'takeover',
    left: taken,
  },
  {
    // By one attachment or the other, and at no time free: a start whose request is long overdue would take it then.
    trouble: between('detaching', 'its holder has it anew meanwhile', (sandbox) =>
      sandbox.place(SERVICE_ENI, { attachedTo: NODE_A, deviceIndex: 2 }),
    ),
    scene: 'takeover',
    left: taken,
  },
  {
    trouble: between('detaching', 'it has come here meanwhile', (sandbox) =>
      sandbox.place(SERVICE_ENI, { attachedTo: NODE_B, deviceIndex: 1 }),
    ),
    scene: 'takeover',
    left: taken,
  },
  {
    trouble: between('detaching', 'the other node has taken it meanwhile', (sandbox) =>
      sandbox.place(SERVICE_ENI, { attachedTo: NODE_B, deviceIndex: 1 }),
    ),
    scene: 'stop',
    left: { holder: 'b', a: 'nothing', b: 'nothing' },
  },
  {
    trouble: between('attaching', 'the other node has taken it meanwhile', (sandbox) =>
      sandbox.place(SERVICE_ENI, { attachedTo: NODE_B, deviceIndex: 1 }),
    ),
    scene: 'start',
    left: aServes,
  },
];

/** Every trouble that an action gets over by itself, and who serves then. */
export const passing: readonly Passing[] = [
  // The longest first: the others end while it waits.
  throttledFor30Seconds,
  ...struck,
  ...refusedConnections,
  ...expiredBetween,
  ...clocks,
  ...moved,
];
