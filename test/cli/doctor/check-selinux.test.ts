import { expect, test } from 'vitest';
import { checkSelinux } from '../../../src/cli/doctor/check-selinux.ts';
import type { SelinuxFacts } from '../../../src/cli/doctor/selinux.ts';
import { absent, present, unknown } from '../../../src/core/reading.ts';
import type { MonitorAnswer } from '../../../src/ports/host.ts';

const CONTEXT = 'system_u:system_r:cluster_t:s0';
const serves: MonitorAnswer = { exitCode: 0, reason: '' };
const doesNot: MonitorAnswer = { exitCode: 7, reason: '' };
const silent: MonitorAnswer = { exitCode: 1, reason: "'ip' printed nothing" };

const enforcing = (facts: Partial<SelinuxFacts>): SelinuxFacts => ({
  mode: present('enforcing'),
  pacemakersContext: present(CONTEXT),
  trial: present({ here: doesNot, there: doesNot }),
  ...facts,
});

test.each<[what: string, facts: SelinuxFacts, status: string, found: RegExp]>([
  ['a node without it', enforcing({ mode: absent }), 'ok', /^not on this node, or disabled$/],
  [
    'a mode that nobody can read',
    enforcing({ mode: unknown('it could not be read (EACCES)') }),
    'unknown',
    /^its mode is not known: it could not be read/,
  ],
  [
    'permissive',
    enforcing({ mode: present('permissive'), trial: absent }),
    'ok',
    /^permissive, Pacemaker's processes in cluster_t: it refuses nothing/,
  ],
  [
    'permissive, and the trial would fail',
    enforcing({ mode: present('permissive'), trial: present({ here: serves, there: silent }) }),
    'ok',
    /^permissive/,
  ],
  [
    'Pacemaker does not run',
    enforcing({ pacemakersContext: absent, trial: absent }),
    'unknown',
    /^enforcing; .* not known: Pacemaker does not run here; look again/,
  ],
  [
    "nobody may read Pacemaker's context",
    enforcing({ pacemakersContext: unknown('could not be read (EACCES)'), trial: absent }),
    'unknown',
    /not known: could not be read \(EACCES\)/,
  ],
  [
    'no root',
    enforcing({ trial: unknown('only root can try it') }),
    'unknown',
    /^enforcing, Pacemaker's processes in cluster_t; .*: only root can try it; have Pacemaker itself/,
  ],
  ['not tried', enforcing({ trial: absent }), 'unknown', /it was not tried/],
  [
    'it works there',
    enforcing({}),
    'ok',
    /^enforcing, Pacemaker's processes in cluster_t, where monitor works: .* 7/,
  ],
  [
    'it works there, serving',
    enforcing({ trial: present({ here: serves, there: serves }) }),
    'ok',
    /with 0, as here/,
  ],
  [
    'it works here alone',
    enforcing({ trial: present({ here: serves, there: silent }) }),
    'failed',
    /cluster_t, where monitor ends with 1 \("'ip' printed nothing"\); here with 0$/,
  ],
  [
    'what is not running there runs here',
    enforcing({ trial: present({ here: serves, there: doesNot }) }),
    'failed',
    /where monitor ends with 7; here with 0/,
  ],
  [
    'it works nowhere',
    enforcing({ trial: present({ here: silent, there: silent }) }),
    'unknown',
    /can't be told while it fails here: monitor ends with 1 \("'ip' printed nothing"\)/,
  ],
])('%s', (_, facts, status, found) => {
  const check = checkSelinux(facts);
  expect(check).toMatchObject({ id: 'selinux', status, found: expect.stringMatching(found) });
  expect(check.remedy === null).toBe(status !== 'failed');
});
