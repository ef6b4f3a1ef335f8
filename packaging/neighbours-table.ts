import { software } from '../test/machines/neighbours/software.ts';
import { standIns } from '../test/scenarios/neighbours/distribution.ts';

/** What the tests keep off the ENI, and how, from the table that they go by. */
export function neighboursTable(): string {
  const real = software.map(({ name, version, setUp, keptOffBy, provoked }) => ({
    name: `${name} ${version}`,
    setUp: provoked === undefined ? setUp : `${setUp}; meanwhile ${provoked.by}`,
    keptOffBy,
  }));
  const stood = standIns.map(({ name, version, ...rest }) => ({ name: `${name} (${version})`, ...rest }));
  const rows = [...real, ...stood].map(
    ({ name, setUp, keptOffBy }) => `| ${name} | ${setUp} | ${keptOffBy} |`,
  );
  return ['| software | as it was set up | kept off by |', '|---|---|---|', ...rows].join('\n');
}
