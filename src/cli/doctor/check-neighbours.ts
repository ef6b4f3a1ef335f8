import type { Reading } from '../../core/reading.ts';
import type { Settings } from '../../core/settings.ts';
import { isExclusive } from '../../core/settings.ts';
import type { Host, UnitState } from '../../ports/host.ts';
import type { Standing } from '../../ports/neighbours.ts';
import type { Check, Group, Verdicts } from './check.ts';
import { verdictsOf } from './check.ts';
import type { Neighbour } from './neighbours.ts';
import { neighbours } from './neighbours.ts';

/**
 * Whoever else configures network devices, and whether they leave the ENI's alone: now, once start has told them, or by a
 * setting of their own.
 * @param standings how those that start can tell stand to the device
 */
export async function checkNeighbours(
  host: Host,
  standings: readonly Standing[],
  settings: Settings,
): Promise<Group> {
  const checks = await Promise.all(
    neighbours.map(async (neighbour): Promise<readonly Check[]> => {
      const seen = await lookAt(neighbour, host);
      if (seen === undefined) return [];
      const by = neighbour.through ?? neighbour.name;
      return [
        judge(
          neighbour,
          seen,
          standings.find(({ name }) => name === by),
          settings,
        ),
      ];
    }),
  );
  const found = checks.flat();
  const names = neighbours.map(({ name }) => name).join(', ');
  return {
    title: 'Neighbours',
    checks:
      found.length > 0 ? found : [verdictsOf('neighbours', 'neighbours').ok(`none of ${names} is here`)],
  };
}

/** One that is on this node. */
interface Seen {
  /** In a word; `undefined`: it does not run, and will not. */
  readonly works: string | undefined;
  /** Why it can't be told whether it runs. */
  readonly silence: string | undefined;
  /** By its own setting, or because it has no file for the device. */
  readonly keepsOff: string | undefined;
}

/** `undefined`: it is not installed. */
async function lookAt(neighbour: Neighbour, host: Host): Promise<Seen | undefined> {
  const states = await Promise.all(neighbour.units.map((unit) => host.unit(unit)));
  const installed = (await Promise.all(neighbour.files.map((path) => host.file(path)))).some(
    ({ state }) => state !== 'absent',
  );
  const working = states.find((state) => isAtWork(state));
  if (working === undefined && !installed) return undefined;
  const silent = states.find((state) => state.state === 'unknown');
  return {
    // Rules of udev are at work wherever they are.
    works: working?.value ?? (neighbour.units.length === 0 ? 'installed' : undefined),
    silence: working === undefined && silent?.state === 'unknown' ? silent.because : undefined,
    keepsOff: (await isKeptOff(neighbour, host))
      ? 'here, and told to keep off by its own setting'
      : (await hasNoFile(neighbour, host))
        ? "without a file for the ENI's device"
        : undefined,
  };
}

function judge(neighbour: Neighbour, seen: Seen, standing: Standing | undefined, settings: Settings): Check {
  const { name, harm, remedy } = neighbour;
  const verdicts = verdictsOf(`neighbour-${name.toLowerCase().replaceAll(' ', '-')}`, name);
  if (seen.works === undefined && seen.silence === undefined)
    return verdicts.ok('installed, but not running');
  const isInTheWay = standing?.stand === 'held' || standing?.stand === 'out-of-reach';
  // Its own setting may be for another device than the one that it has.
  if (seen.keepsOff !== undefined && !(isInTheWay && isExclusive(settings)))
    return verdicts.ok(seen.keepsOff);
  if (!settings.manageAddresses)
    return verdicts.ok(
      `${seen.works ?? 'installed'}; manage_addresses=false leaves the ENI's device to others`,
    );
  if (!settings.exclusive || standing === undefined) {
    const start = standing === undefined ? '' : ', or set exclusive=true';
    return verdicts.warning(`${seen.works ?? 'installed'}: ${harm}`, `${remedy}${start}`);
  }
  return told(verdicts, seen.works ?? 'installed', standing);
}

/** With `exclusive=true`. */
function told(verdicts: Verdicts, works: string, { stand, because }: Standing): Check {
  switch (stand) {
    case 'kept-off':
      return verdicts.ok(`${works}, and kept off the ENI's device`);
    case 'would-be':
      return verdicts.ok(`${works}; start keeps it off the ENI's device`);
    case 'held':
      return verdicts.warning(
        `${works}, and has the ENI's device in its hands`,
        'start takes it from there: restart the resource',
      );
    case 'out-of-reach': {
      const cut = because.lastIndexOf('; ');
      return verdicts.warning(`${works}: ${because.slice(0, cut)}`, because.slice(cut + 2));
    }
    default:
      return stand satisfies never;
  }
}

function isAtWork(
  state: Reading<UnitState>,
): state is { readonly state: 'present'; readonly value: UnitState } {
  return state.state === 'present' && state.value !== 'idle';
}

async function hasNoFile({ onlyWith }: Neighbour, host: Host): Promise<boolean> {
  if (onlyWith === undefined) return false;
  return !(await host.names(onlyWith.directory)).some((one) => onlyWith.names.test(one));
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
