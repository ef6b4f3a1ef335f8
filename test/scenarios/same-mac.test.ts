import { expect } from 'vitest';
import { callAgent } from './agent.ts';
import { whoAnswers } from './expectations.ts';
import { script } from './neighbours/distribution.ts';
import { scenario } from './scenario.ts';

const MAC = '02:d4:e5:f6:07:18';
const BRIDGE = `ip link add br0 type bridge; ip link set br0 address ${MAC}; ip link set br0 up`;
const system = '/usr/sbin:/usr/bin:/sbin:/bin';
const old = new URL('../fixtures/iproute2-4.12', import.meta.url).pathname;

scenario.for([
  ['made before the ENI comes', true, {}],
  ['made while it is here', false, {}],
  ['made before the ENI comes, with an ip without JSON', true, { PATH: `${old}:${system}` }],
] as const)(
  'a bridge that has the MAC of the ENI, %s, is not taken for it',
  async ([, isFirst, environment], { sandbox }) => {
    const { a } = sandbox.nodes;
    const call = (action: string) => callAgent(sandbox, a, action, { environment });
    if (isFirst) await script(a, BRIDGE);
    expect(await call('start')).toMatchObject({ exitCode: 0, reason: '' });
    if (!isFirst) await script(a, BRIDGE);
    expect(await whoAnswers(sandbox, a, '10.2.0.10')).toBe('node-a');
    expect(await call('monitor')).toMatchObject({ exitCode: 0, stderr: '' });
    // A probe that no state helps.
    await script(a, 'rm /run/resource-agents/aws-eni-service-eni.json');
    expect(await call('monitor')).toMatchObject({ exitCode: 0, stderr: '' });

    await sandbox.fault({ match: { service: 'ec2' }, do: 'drop-before' });
    expect(
      await callAgent(sandbox, a, 'stop', {
        environment: { ...environment, OCF_RESKEY_CRM_meta_timeout: '20000' },
      }),
    ).toMatchObject({ exitCode: 0 });
    const links = await script(a, 'ip -o address show; ip -o link show');
    expect(links).not.toContain('10.2.0.10');
    expect(links).toMatch(/: eth\d+@\S+: <(?!\S*\bUP\b)\S*> .*02:d4:e5:f6:07:18/);
    expect(links).toMatch(/: br0: <\S*\bUP\b\S*> .*02:d4:e5:f6:07:18/);
    expect(await call('monitor')).toMatchObject({ exitCode: 7, stderr: '' });
  },
);
