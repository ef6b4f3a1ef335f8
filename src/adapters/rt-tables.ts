import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { AgentError } from '../core/failure.ts';
import type { RoutingTableNames } from '../ports.ts';

/**
 * Where iproute2 looks, by version and distribution: /etc first; the vendor's file in /usr/share (6.5 and newer) or
 * in /usr/lib (SUSE). A file in /etc hides the vendor's of the same name, a drop-in does not. Source: iproute2, rt_names.c.
 */
const DIRECTORIES = ['/etc/iproute2', '/usr/share/iproute2', '/usr/lib/iproute2'] as const;
const DROP_INS = '/etc/iproute2/rt_tables.d';

export function createRoutingTableNames(): RoutingTableNames {
  return {
    numbersOf: async (name) =>
      (await definitions()).filter((one) => one.name === name).map(({ number }) => number),
    declare: async (name, number) => {
      if ((await definitions()).some((one) => one.name === name)) return;
      const path = `${DROP_INS}/aws-eni-${name}.conf`;
      try {
        await mkdir(DROP_INS, { recursive: true });
        await writeFile(
          `${path}.new`,
          `# declared by the resource agent ocf:custom:aws-eni\n${number}\t${name}\n`,
        );
        await rename(`${path}.new`, path);
      } catch (error) {
        throw new AgentError(
          'transient',
          `could not declare routing table ${name} in ${path}: ${String(error)}`,
          { cause: error },
        );
      }
    },
  };
}

interface Definition {
  readonly number: number;
  readonly name: string;
}

async function definitions(): Promise<readonly Definition[]> {
  const files = await Promise.all(
    DIRECTORIES.map(async (directory) => [
      `${directory}/rt_tables`,
      ...(await list(`${directory}/rt_tables.d`)).map((name) => `${directory}/rt_tables.d/${name}`),
    ]),
  );
  const texts = await Promise.all(files.flat().map(text));
  return texts.flatMap((content) => content.split('\n').flatMap(definitionOf));
}

/** `NUMBER NAME`, the number in decimal or as 0x…; a comment begins with #. */
function definitionOf(line: string): readonly Definition[] {
  const [, number, name] = /^\s*(0x[0-9a-f]+|\d+)\s+([^\s#]+)/i.exec(line) ?? [];
  return number === undefined || name === undefined ? [] : [{ number: Number(number), name }];
}

async function list(directory: string): Promise<readonly string[]> {
  return (await orNothing(readdir(directory), [])).filter((name) => name.endsWith('.conf'));
}

function text(path: string): Promise<string> {
  return orNothing(readFile(path, 'utf8'), '');
}

/** Distributions have some of these files and not others. Names serve people, so an unreadable file is as good as none. */
function orNothing<T>(reading: Promise<T>, nothing: T): Promise<T> {
  return reading.catch(() => nothing);
}
