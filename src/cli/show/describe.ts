import type { Survey } from '../../agent/survey.ts';
import type { Settings } from '../../core/settings.ts';
import { nameOfTarget } from '../../core/settings.ts';
import { paragraph, table } from '../layout.ts';
import { bad, doubtful, faint, good, strong } from '../style.ts';
import type { Expectation } from './expectation.ts';
import type { Finding, FindingStatus } from './finding.ts';
import type { Stage } from './stage.ts';

export interface Shown {
  readonly settings: Settings;
  readonly survey: Survey;
  readonly expectation: Expectation;
  readonly findings: readonly Finding[];
  readonly stage: Stage;
  /** What monitor has put back on this node, in words; `undefined`: nothing that is recorded. */
  readonly repaired: string | undefined;
}

/** All that is known, for a terminal. What is wrong stands out by its word, in colour where there is one. */
export function describe(
  { settings, survey, expectation, findings, stage, repaired }: Shown,
  columns: number,
): string {
  const { eni } = survey;
  const title =
    eni.state === 'present' ? `${eni.value.id} (${eni.value.addresses.join(', ')})` : nameOfTarget(settings);
  const place = eni.state === 'present' ? `${eni.value.subnetId}, ${eni.value.availabilityZone}` : '';
  const rows = findings.map(({ about, status, what }, at) => [
    findings[at - 1]?.about === about ? '' : `${about.charAt(0).toUpperCase()}${about.slice(1)}`,
    painted(status),
    what,
  ]);
  const should = `should ${expectation.serves ? '' : 'not '}be served by this node: ${expectation.because}`;
  return [
    paragraph(`${strong(title)}: ${stage.name}`, columns),
    paragraph(faint([place, should].filter((one) => one !== '').join('; ')), columns),
    '',
    table([...rows, ...(repaired === undefined ? [] : [['Repairs', '', repaired]])], columns),
  ].join('\n');
}

function painted(status: FindingStatus): string {
  if (status === 'ok') return good(status);
  return status === 'unknown' || status === 'moving' ? doubtful(status) : bad(strong(status.toUpperCase()));
}
