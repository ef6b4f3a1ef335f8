import { expect, test } from 'vitest';
import { readInvocation } from '../../src/ocf/invocation.ts';

const on = { OCF_RESKEY_trace_ra: '1' };

test.each([
  [{}, undefined],
  [{ OCF_RESKEY_trace_ra: '0' }, undefined],
  [on, { directory: '/var/lib/heartbeat/trace_ra' }],
  [{ OCF_TRACE_RA: 'yes' }, { directory: '/var/lib/heartbeat/trace_ra' }],
  [{ ...on, HA_VARLIB: '/var/lib/ha' }, { directory: '/var/lib/ha/trace_ra' }],
  [{ ...on, HA_VARLIB: 'ha' }, { directory: '/var/lib/heartbeat/trace_ra' }],
  [{ ...on, OCF_RESKEY_trace_dir: '/srv/traces' }, { directory: '/srv/traces' }],
  [{ ...on, OCF_RESKEY_trace_dir: 'traces' }, { directory: '/var/lib/heartbeat/trace_ra' }],
  [{ ...on, OCF_TRACE_FILE: '/tmp/trace' }, { file: '/tmp/trace' }],
  [{ ...on, OCF_TRACE_FILE: '5' }, { directory: '/var/lib/heartbeat/trace_ra' }],
])('with %o the trace goes to %o', (env, place) => {
  expect(readInvocation('monitor', env).trace).toEqual(place);
});

test('a trace on the standard error is what is logged in debugging', () => {
  const env = { ...on, OCF_TRACE_FILE: '/dev/stderr' };
  expect(readInvocation('monitor', env)).toMatchObject({ trace: undefined, debug: true });
  expect(readInvocation('monitor', on)).toMatchObject({ debug: false });
});

test('a clone is known by how many of it there may be', () => {
  expect(readInvocation('start', {}).cloneMax).toBeUndefined();
  expect(readInvocation('start', { OCF_RESKEY_CRM_meta_clone: '0' }).cloneMax).toBe('0');
  expect(readInvocation('start', { OCF_RESKEY_CRM_meta_clone_max: '2' }).cloneMax).toBe('2');
});
