import type { Reading } from '../../core/reading.ts';
import type { Check } from './check.ts';
import { verdictsOf } from './check.ts';
import type { Difference } from './environment.ts';

/** Whether what is found here holds for Pacemaker's agents, too, as far as the environment decides about it. */
export function checkEnvironment(differences: Reading<readonly Difference[]>): Check {
  const verdicts = verdictsOf('environment', 'environment');
  if (differences.state === 'absent') {
    return verdicts.unknown('Pacemaker does not run here, so that of its agents is not known');
  }
  if (differences.state === 'unknown') return verdicts.unknown(differences.because);
  const { value: all } = differences;
  if (all.length === 0) return verdicts.ok("what matters to the agent is here as for Pacemaker's agents");
  const exported = all.filter(({ isExported }) => isExported).map(({ name }) => name);
  const ignored =
    exported.length === 0
      ? ''
      : `; ${exported.join(', ')} ${exported.length === 1 ? 'stands' : 'stand'} behind an 'export' there, so systemd ignores it`;
  return verdicts.warning(
    `not that of Pacemaker's agents: ${all.map(worded).join('; ')}`,
    `the agent has Pacemaker's, which /etc/sysconfig/pacemaker (Debian: /etc/default/pacemaker) sets, NAME=value without 'export', once Pacemaker is restarted${ignored}`,
  );
}

function worded({ name, here, there }: Difference): string {
  if (here === undefined) return `${name} is ${there} there, and unset here`;
  if (there === undefined) return `${name} is ${here} here, and unset there`;
  return here === there ? `${name} differs` : `${name} is ${here} here, and ${there} there`;
}
