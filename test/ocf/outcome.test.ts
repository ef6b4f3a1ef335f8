import { expect, test } from 'vitest';
import { AgentError, asAgentError } from '../../src/core/failure.ts';
import { readInvocation } from '../../src/ocf/invocation.ts';
import { failed } from '../../src/ocf/outcome.ts';

test.each([
  ['parameter', 6],
  ['node', 2],
  ['tool', 5],
  ['permission', 4],
  ['transient', 1],
  ['bug', 1],
] as const)('%s is exit code %i', (kind, exitCode) => {
  expect(failed(new AgentError(kind, 'because'))).toEqual({ exitCode, reason: 'because' });
});

test('what nobody expected is a bug that says so', () => {
  expect(failed(asAgentError(new TypeError('x is undefined')))).toEqual({
    exitCode: 1,
    reason: 'internal error: x is undefined; please report this',
  });
});

test('a reason is one line', () => {
  expect(failed(new AgentError('transient', 'a\nocf-exit-reason:b\r\n')).reason).toBe('a ocf-exit-reason:b');
});

test('reads what Pacemaker says, and does without where it says nothing', () => {
  expect(readInvocation('start', {})).toMatchObject({
    resource: 'default',
    timeoutMs: 180_000,
    checkLevel: 0,
    runDirectory: '/run/resource-agents',
    reasonPrefix: 'ocf-exit-reason:',
  });
  const env = {
    OCF_RESOURCE_INSTANCE: 'vip',
    OCF_RESKEY_CRM_meta_timeout: '20000',
    OCF_CHECK_LEVEL: '10',
    OCF_EXIT_REASON_PREFIX: 'because:',
  };
  expect(readInvocation('monitor', env)).toMatchObject({
    resource: 'vip',
    timeoutMs: 20_000,
    checkLevel: 10,
    reasonPrefix: 'because:',
  });
});
