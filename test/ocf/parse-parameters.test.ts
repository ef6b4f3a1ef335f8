import { describe, expect, test } from 'vitest';
import { AgentError } from '../../src/core/failure.ts';
import { parameterNames, parameters } from '../../src/ocf/parameters.ts';
import { parseParameters } from '../../src/ocf/parse-parameters.ts';
import { isProblem } from '../../src/ocf/values.ts';

const eniId = 'eni-0a1b2c3d4e5f60718';

function parse(values: Record<string, string>): ReturnType<typeof parseParameters> {
  return parseParameters(
    Object.fromEntries(Object.entries(values).map(([name, value]) => [`OCF_RESKEY_${name}`, value])),
  );
}

function refusal(values: Record<string, string>): AgentError {
  try {
    parse(values);
  } catch (error) {
    if (error instanceof AgentError) return error;
  }
  throw new Error(`accepted ${JSON.stringify(values)}`);
}

test('the design’s defaults', () => {
  expect(parse({ eni_id: eniId }).settings).toEqual({
    eniId,
    ip: undefined,
    region: undefined,
    deviceIndex: undefined,
    routingTable: 'MYHA',
    routingTableId: 100,
    rulePriority: 100,
    ruleFrom: 'addresses',
    router: undefined,
    manageAddresses: true,
    detachMode: 'auto',
    forceAfter: 30_000,
    detachOnStop: true,
    stopFallback: 'isolate',
    repair: true,
    exclusive: true,
    profile: undefined,
    endpointUrl: undefined,
    connectTimeout: 2_000,
    requestTimeout: 5_000,
    maxAttempts: 3,
  });
});

test.each(parameterNames)('%s: its default is a value that it accepts', (name) => {
  const { default: text, parse: read } = parameters[name];
  expect(text === undefined ? undefined : isProblem(read(text))).not.toBe(true);
});

test('an empty value is an unset one', () => {
  expect(parse({ eni_id: eniId, rule_priority: '', ip: '', region: ' ' }).settings).toEqual(
    parse({ eni_id: eniId }).settings,
  );
});

test.each([
  ['ip', '10.2.0.10', { ip: '10.2.0.10' }],
  ['routing_table_id', '4711', { routingTableId: 4_711 }],
  ['rule_from', '10.2.0.7/24, 10.9.0.0/16', { ruleFrom: ['10.2.0.0/24', '10.9.0.0/16'] }],
  ['rule_from', 'subnet', { ruleFrom: 'subnet' }],
  ['force_after', '2min', { forceAfter: 120_000 }],
  ['force_after', '45', { forceAfter: 45_000 }],
  ['connect_timeout', '500ms', { connectTimeout: 500 }],
  ['manage_addresses', 'No', { manageAddresses: false }],
  ['repair', '0', { repair: false }],
  ['mtu', '68', { mtu: 68 }],
  ['mtu', '9216', { mtu: 9_216 }],
  ['region', 'us-gov-west-1', { region: 'us-gov-west-1' }],
])('%s=%s', (name, value, expected) => {
  expect(parse({ eni_id: eniId, [name]: value }).settings).toMatchObject(expected);
});

describe('a reason names the parameter, the value and the next move', () => {
  test.each([
    ['eni_id', 'eni-123', 'eni-0123456789abcdef0'],
    ['eni_id', 'i-0a1b2c3d4e5f60718', 'as EC2 prints it'],
    ['ip', '10.2.0.256', 'from 0 to 255'],
    ['ip', '10.2.0.0/24', 'such as 10.2.0.10'],
    ['ip', 'fd00::1', 'IPv4'],
    ['region', 'Frankfurt', 'eu-central-1'],
    ['device_index', '0', 'from 1 to 31'],
    ['routing_table', 'my table', 'letter'],
    ['routing_table', '100', 'routing_table_id'],
    ['routing_table', 'main', 'choose a name of your own'],
    ['routing_table_id', '253', 'choose 1 to 252'],
    ['routing_table_id', '255', 'choose 1 to 252'],
    ['routing_table_id', '0', 'from 1'],
    ['rule_priority', '0', 'from 1 to 32765'],
    ['rule_priority', '-5', 'from 1 to 32765'],
    ['rule_priority', '32766', 'from 1 to 32765'],
    ['rule_from', '10.2.0.0/33', 'prefix length 0 to 32'],
    ['rule_from', ',', 'no network'],
    ['router', 'eth1', 'such as 10.2.0.10'],
    ['detach_mode', 'forced', 'auto, graceful, force'],
    ['force_after', '30x', '30s'],
    ['stop_fallback', 'ignore', 'isolate, fail'],
    ['repair', 'maybe', 'neither true nor false'],
    ['mtu', '67', 'from 68 to 9216'],
    ['mtu', '9217', 'from 68 to 9216'],
    ['mtu', 'jumbo', 'from 68 to 9216'],
    ['profile', 'a b', 'profile name'],
    ['endpoint_url', 'ec2.eu-central-1', 'URL'],
    ['endpoint_url', 'file:///etc/passwd', 'URL'],
    ['connect_timeout', '2h', 'out of range'],
    ['max_attempts', '0', 'from 1 to 10'],
  ])('%s=%s', (name, value, nextMove) => {
    const error = refusal({ eni_id: eniId, [name]: value });
    expect(error.kind).toBe('parameter');
    expect(error.message).toMatch(new RegExp(`^${name}: `));
    expect(error.message).toContain(JSON.stringify(value.slice(0, 80)).replace(/^"(25[35])"$/, '$1'));
    expect(error.message).toContain(nextMove);
  });

  test('nothing given', () => {
    expect(refusal({}).message).toContain('neither is given; set eni_id');
  });

  test('all problems of a configuration at once', () => {
    const { message } = refusal({
      ip: 'x',
      rule_priority: '0',
      rule_from: '10.2.0.0/33',
      routing_table: '1',
    });
    for (const name of ['ip:', 'rule_priority:', 'rule_from:', 'routing_table:'])
      expect(message).toContain(name);
  });

  test('a value of many lines or megabytes stays one short line', () => {
    const { message } = refusal({ eni_id: `eni-\nocf-exit-reason:fine\n${'x'.repeat(1 << 20)}` });
    expect(message).not.toContain('\n');
    expect(message.length).toBeLessThan(300);
  });
});

test('warns of parameters that do not exist, not of Pacemaker’s own', () => {
  const { warnings } = parse({
    eni_id: eniId,
    rule_prio: '7',
    CRM_meta_timeout: '20000',
    crm_feature_set: '3.13',
    trace_ra: '1',
  });
  expect(warnings).toEqual(['there is no parameter "rule_prio"; it is ignored']);
});
