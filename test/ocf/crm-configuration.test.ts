import { describe, expect, test } from 'vitest';
import type { CrmConfiguration } from '../../src/ocf/crm-configuration.ts';
import { crmConfiguration, placeholdersIn } from '../../src/ocf/crm-configuration.ts';

const nodes = [
  { node: 'node-a', instanceId: 'i-0aaaaaaaaaaaaaaaa' },
  { node: 'node-b', instanceId: 'i-0bbbbbbbbbbbbbbbb' },
];
const complete: CrmConfiguration = {
  resource: 'service-eni',
  parameters: { eni_id: 'eni-0a1b2c3d4e5f60718' },
  region: 'eu-central-1',
  nodes,
  dependent: undefined,
};

describe('the lines for crmsh', () => {
  test('fence before they say that there is fencing', () => {
    const lines = crmConfiguration(complete)
      .split('\n')
      .filter((line) => line.startsWith('crm '));
    expect(lines.map((line) => line.split(' ').slice(2, 4).join(' '))).toEqual([
      'primitive fencing-node-a',
      'primitive fencing-node-b',
      'property start-failure-is-fatal=false',
      'rsc_defaults resource-stickiness=1000',
      'primitive service-eni',
    ]);
  });

  test('have the advised timeouts and interval', () => {
    expect(crmConfiguration(complete)).toContain(
      'op start timeout=180s interval=0s \\\n    op stop timeout=180s interval=0s \\\n    op monitor timeout=30s interval=20s\n',
    );
  });

  test('leave out what is as by default, and have no value that a shell would break', () => {
    const parameters = {
      ip: '10.2.0.10',
      routing_table: 'MYHA',
      force_after: '',
      rule_from: ' 10.2.0.0/24,  10.3.0.0/16 ',
    };
    expect(crmConfiguration({ ...complete, parameters })).toContain(
      'params ip=10.2.0.10 rule_from=10.2.0.0/24,10.3.0.0/16 \\',
    );
  });

  test('have a fencing device for each node, and delay that of the second', () => {
    const devices = crmConfiguration(complete).match(/^crm .* stonith:fence_aws(?:.*\\\n)*/gm) ?? [];
    expect(devices.map((one) => /pcmk_host_map="(.*?)"/.exec(one)?.[1])).toEqual([
      'node-a:i-0aaaaaaaaaaaaaaaa',
      'node-b:i-0bbbbbbbbbbbbbbbb',
    ]);
    expect(devices.map((one) => /pcmk_delay_base=(\S+)/.exec(one)?.[1])).toEqual([undefined, '15s']);
  });

  test('switch fencing on where it has been switched off, and name none of its properties elsewhere', () => {
    expect(crmConfiguration({ ...complete, fencingProperty: 'fencing-enabled' })).toContain(
      'crm configure property fencing-enabled=true start-failure-is-fatal=false\n',
    );
    expect(crmConfiguration(complete)).not.toMatch(/stonith-|fencing-enabled/);
  });

  test('group what needs the address, or show how', () => {
    expect(crmConfiguration({ ...complete, dependent: 'my-database' })).toMatch(
      /^crm configure group service-eni-group service-eni my-database$/m,
    );
    expect(crmConfiguration(complete)).toMatch(
      /^# {3}crm configure colocation \S+ inf: my-database service-eni$/m,
    );
  });
});

/** Of which nothing is known but the ENI. */
const bare: CrmConfiguration = { ...complete, region: undefined, nodes: [] };

describe('what is not known is a word in capitals, and is told of', () => {
  const known = { node: 'node-a', instanceId: 'i-0aaaaaaaaaaaaaaaa' };
  test.each([
    [{}, ['REGION', 'NODE-A', 'INSTANCE-ID-A', 'NODE-B', 'INSTANCE-ID-B']],
    [{ region: 'eu-central-1' }, ['NODE-A', 'INSTANCE-ID-A', 'NODE-B', 'INSTANCE-ID-B']],
    [
      { nodes: [known, { node: 'node-b', instanceId: undefined }], region: 'eu-central-1' },
      ['INSTANCE-ID-B'],
    ],
    [
      { nodes: [{ node: undefined, instanceId: undefined }, known], region: 'eu-central-1' },
      ['NODE-A', 'INSTANCE-ID-A'],
    ],
    [{ nodes: [known, { ...known, node: 'node-b' }], region: 'eu-central-1' }, []],
  ])('%j: %j', (change, placeholders) => {
    const configuration = { ...bare, ...change };
    expect(placeholdersIn(configuration)).toEqual(placeholders);
    const words = crmConfiguration(configuration).match(/\b(?:REGION|(?:NODE|INSTANCE-ID)-[A-Z])\b/g) ?? [];
    expect(new Set(words)).toEqual(new Set(placeholders));
  });
});

describe('a parameter', () => {
  const line = (parameters: CrmConfiguration['parameters']): string =>
    /^ {4}params (eni_id.*|rule.*|end.*) \\$/m.exec(crmConfiguration({ ...bare, parameters }))?.[1] ?? '';
  test.each([
    [{ detach_mode: 'auto', force_after: '30s', endpoint_url: '' }, ''],
    [{ rule_from: '10.2.0.0/24 fd00::/8,  10.9.0.0/24' }, 'rule_from=10.2.0.0/24,fd00::/8,10.9.0.0/24'],
    [{ endpoint_url: 'https://vpce.example.com:8443/' }, 'endpoint_url=https://vpce.example.com:8443/'],
    [{ endpoint_url: 'http://a/?b=1&c=$d' }, `'endpoint_url="http://a/?b=1&c=$d"'`],
    [{ endpoint_url: `http://a/'"\\\`;reboot` }, `'endpoint_url="http://a/%27%22%5C%60;reboot"'`],
  ])('%j', (parameters, words) => {
    expect(line({ ...bare.parameters, ...parameters })).toBe(`eni_id=eni-0a1b2c3d4e5f60718 ${words}`.trim());
  });
});
