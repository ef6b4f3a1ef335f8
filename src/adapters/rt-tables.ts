import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { AgentError } from '../core/failure.ts';
import type { RoutingTableNames } from '../ports/agent.ts';
import { replaceFile } from './replace-file.ts';

/**
 * Where iproute2 looks, by version and distribution: /etc first; the vendor's file in /usr/share (6.5 and newer) or
 * in /usr/lib (SUSE). A file in /etc hides the vendor's of the same name, a drop-in does not. Source: iproute2, rt_names.c.
 */
const DIRECTORIES = ['/etc/iproute2', '/usr/share/iproute2', '/usr/lib/iproute2'] as const;
const DROP_INS = '/etc/iproute2/rt_tables.d';

/** How a file of the agent's begins, by its name and by its text. */
const OURS = 'aws-eni-';
const DECLARED_BY = '# declared by the resource agent ocf:custom:aws-eni';

export function createRoutingTableNames(): RoutingTableNames {
  return {
    numbersOf: async (name) =>
      definitions()
        .filter((one) => one.name === name && !one.isOurs)
        .map(({ number }) => number),
    declare: async (name, number) => {
      const path = `${DROP_INS}/${OURS}${name}.conf`;
      try {
        const known = definitions();
        // Of a name that this table had before.
        const outdated = known.filter((one) => one.isOurs && one.number === number && one.name !== name);
        for (const { path: former } of outdated) rmSync(former, { force: true });
        const isDeclared = known.some((one) => one.name === name && (!one.isOurs || one.number === number));
        if (!isDeclared) replaceFile(path, `${DECLARED_BY}\n${number}\t${name}\n`);
      } catch (error) {
        throw new AgentError(
          'transient',
          `could not declare routing table ${name} in ${path}: ${String(error)}`,
          { cause: error },
        );
      }
    },
    undeclare: async (name) => {
      for (const { path } of definitions().filter((one) => one.isOurs && one.name === name)) {
        try {
          rmSync(path, { force: true });
        } catch (error) {
          throw new AgentError('transient', `could not remove ${path}: ${String(error)}`, { cause: error });
        }
      }
    },
  };
}

/** What ip knows without any file. Source: rtnetlink(7), the reserved tables. */
const BUILT_IN: readonly Pick<Definition, 'number' | 'name'>[] = [
  { number: 255, name: 'local' },
  { number: 254, name: 'main' },
  { number: 253, name: 'default' },
];

/**
 * Tells the number of the table that an ip without `-N` shows by `shown`, a name or a number, going by one look at the
 * files; `undefined` where nobody has declared the name, or for several tables.
 */
export function createTableNumbers(): (shown: string) => number | undefined {
  const known = [...BUILT_IN, ...definitions()];
  return (shown) => {
    const named = known.filter(({ name }) => name === shown).map(({ number }) => number);
    const [number, ...others] = new Set(/^\d{1,10}$/.test(shown) ? [...named, Number(shown)] : named);
    return others.length === 0 ? number : undefined;
  };
}

interface Definition {
  readonly number: number;
  readonly name: string;
  readonly path: string;
  /** In a file that a start of this agent has made, and may change. */
  readonly isOurs: boolean;
}

function definitions(): readonly Definition[] {
  return DIRECTORIES.flatMap((directory) => [
    `${directory}/rt_tables`,
    ...dropInsOf(`${directory}/rt_tables.d`),
  ]).flatMap(definitionsIn);
}

/** `NUMBER NAME`, the number in decimal or as 0x…; a comment begins with #. */
function definitionsIn(path: string): readonly Definition[] {
  const text = read(path);
  const isOurs = path.startsWith(`${DROP_INS}/${OURS}`) && text.startsWith(DECLARED_BY);
  return text.split('\n').flatMap((line) => {
    const [, number, name] = /^\s*(0x[0-9a-f]+|\d+)\s+([^\s#]+)/i.exec(line) ?? [];
    return number === undefined || name === undefined ? [] : [{ number: Number(number), name, path, isOurs }];
  });
}

function dropInsOf(directory: string): readonly string[] {
  return orNothing(() => readdirSync(directory), [])
    .filter((name) => name.endsWith('.conf'))
    .map((name) => `${directory}/${name}`);
}

function read(path: string): string {
  return orNothing(() => readFileSync(path, 'utf8'), '');
}

/** Distributions have some of these files and not others. Names serve people, so an unreadable file is as good as none. */
function orNothing<T>(reading: () => T, nothing: T): T {
  try {
    return reading();
  } catch {
    return nothing;
  }
}
