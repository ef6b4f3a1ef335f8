import { expect } from 'vitest';
import { callAgent } from './agent.ts';
import { expectBare, whoAnswers } from './expectations.ts';
import { scenario } from './scenario.ts';

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
