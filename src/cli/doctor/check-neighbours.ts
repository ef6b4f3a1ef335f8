import type { Reading } from '../../core/reading.ts';
import type { Host, UnitState } from '../../ports/host.ts';
import type { Check, Group } from './check.ts';
import { verdictsOf } from './check.ts';
import type { Neighbour } from './neighbours.ts';
import { neighbours } from './neighbours.ts';

/** Whoever else configures the ENI's device, and what keeps them off it. */
export async function checkNeighbours(host: Host): Promise<Group> {
  const checks = await Promise.all(neighbours.map((neighbour) => check(neighbour, host)));
  const found = checks.flatMap((one) => one ?? []);
  const names = neighbours.map(({ name }) => name).join(', ');
  return {
    title: 'Neighbours',
    checks:
      found.length > 0 ? found : [verdictsOf('neighbours', 'neighbours').ok(`none of ${names} is here`)],
  };
}

/** `undefined`: it is not installed. */
async function check(neighbour: Neighbour, host: Host): Promise<Check | undefined> {
  const { name, units, files, harm, remedy } = neighbour;
  const verdicts = verdictsOf(`neighbour-${name.toLowerCase().replaceAll(' ', '-')}`, name);
  const states = await Promise.all(units.map((unit) => host.unit(unit)));
  const working = states.find((state) => isAtWork(state));
  const installed = (await Promise.all(files.map((path) => host.file(path)))).some(
    ({ state }) => state !== 'absent',
  );
  if (working === undefined && !installed) return undefined;
  if (await isKeptOff(neighbour, host)) return verdicts.ok('here, and told to keep off');
  if (working !== undefined && neighbour.onlyWith !== undefined) {
    const { directory, names } = neighbour.onlyWith;
    const own = (await host.names(directory)).filter((one) => names.test(one));
    if (own.length === 0) return verdicts.ok(`${working.value}, without a file for the ENI's device`);
  }
  if (working !== undefined) return verdicts.warning(`${working.value}: ${harm}`, remedy);
  const silent = states.find((state) => state.state === 'unknown');
  if (silent?.state === 'unknown')
    return verdicts.unknown(`installed; whether it runs is not known: ${silent.because}`);
  // Rules of udev are at work wherever they are.
  return units.length === 0
    ? verdicts.warning(`installed: ${harm}`, remedy)
    : verdicts.ok('installed, but not running');
}

function isAtWork(
  state: Reading<UnitState>,
): state is { readonly state: 'present'; readonly value: UnitState } {
  return state.state === 'present' && state.value !== 'idle';
}

async function isKeptOff({ keptOff }: Neighbour, host: Host): Promise<boolean> {
  if (keptOff.all.length === 0) return false;
  const inDirectories = await Promise.all(
    keptOff.directories.map(async (directory) =>
      (await host.names(directory)).map((name) => `${directory}/${name}`),
    ),
  );
  const texts = await Promise.all([...keptOff.files, ...inDirectories.flat()].map((path) => host.file(path)));
  return keptOff.all.every((setting) =>
    texts.some((text) => text.state === 'present' && setting.test(text.value)),
  );
}
