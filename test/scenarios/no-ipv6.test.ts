import { expect } from 'vitest';
import { callAgent } from './agent.ts';
import { expectBare, whoAnswers } from './expectations.ts';
import { script } from './neighbours/distribution.ts';
import { scenario, scenarioIn } from './scenario.ts';

const fixture = (name: string): string => new URL(`../fixtures/${name}`, import.meta.url).pathname;
const system = '/usr/sbin:/usr/bin:/sbin:/bin';

scenario.for([
  ['today’s ip', `${fixture('no-ipv6')}:${system}`],
  ['an ip without JSON', `${fixture('iproute2-4.12')}:${fixture('no-ipv6')}:${system}`],
] as const)(
  'a kernel without IPv6, and %s: each action does what it does elsewhere',
  async ([, PATH], { sandbox }) => {
    const { a, b } = sandbox.nodes;
    const call = (node: typeof a, action: string) =>
      callAgent(sandbox, node, action, { environment: { PATH } });
    expect(await call(a, 'monitor')).toMatchObject({ exitCode: 7, stderr: '' });
    expect(await call(a, 'stop')).toMatchObject({ exitCode: 0 });
    expect(await call(a, 'start')).toMatchObject({ exitCode: 0, reason: '' });
    expect(await call(a, 'monitor')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await a.exec('ip', ['rule', 'delete', 'priority', '100'])).toMatchObject({ exitCode: 0 });
    expect(await call(a, 'monitor')).toMatchObject({ exitCode: 190 });
    expect(await call(b, 'start')).toMatchObject({ exitCode: 0, reason: '' });
    expect(await whoAnswers(sandbox, b, '10.2.0.10')).toBe('node-b');
    expect(await call(a, 'stop')).toMatchObject({ exitCode: 0 });
    expect(await call(b, 'stop')).toMatchObject({ exitCode: 0 });
    expect(await call(b, 'monitor')).toMatchObject({ exitCode: 7, stderr: '' });
    await expectBare(sandbox, a);
    await expectBare(sandbox, b);
  },
);

const dual = scenarioIn({ service: { ipv4: ['10.2.0.10'], ipv6: ['fd00:2::10'] } });
const OFF = 'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6';
const NONE = 'mount -t tmpfs tmpfs /proc/sys/net/ipv6/conf';

dual.for([
  [
    'a node with IPv6 switched off',
    OFF,
    {},
    'IPv6 is switched off on this node (net.ipv6.conf.default.disable_ipv6 is 1)',
  ],
  [
    'a kernel without IPv6',
    NONE,
    { PATH: `${fixture('no-ipv6')}:${system}` },
    "this node's kernel has no IPv6",
  ],
] as const)(
  '%s serves the IPv4 part of an ENI that has both, and says so once',
  async ([, setUp, environment, why], { sandbox }) => {
    const { a, b } = sandbox.nodes;
    const call = (node: typeof a, action: string) => callAgent(sandbox, node, action, { environment });
    for (const node of [a, b]) await script(node, setUp);
    const started = await call(a, 'start');
    expect(started).toMatchObject({ exitCode: 0, reason: '' });
    expect(started.stderr.match(/WARNING.*/g)).toEqual([
      `WARNING: ${why}: eni-0a1b2c3d4e5f60718 is served without fd00:2::10`,
    ]);
    expect(await call(a, 'monitor')).toMatchObject({ exitCode: 0, stderr: '' });
    await script(a, 'rm /run/resource-agents/aws-eni-service-eni.json');
    expect(await call(a, 'monitor')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await call(b, 'start')).toMatchObject({ exitCode: 0, reason: '' });
    expect(await whoAnswers(sandbox, b, '10.2.0.10')).toBe('node-b');
    for (const node of [a, b]) {
      expect(await call(node, 'stop')).toMatchObject({ exitCode: 0 });
      await expectBare(sandbox, node);
    }
  },
);
