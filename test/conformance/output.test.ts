import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, describe, expect, test } from 'vitest';
import { makeScratchDirectory } from '../sandbox/scratch-directory.ts';
import { executable } from '../scenarios/agent.ts';

const { path: scratch, remove } = await makeScratchDirectory();
afterAll(remove);

const PATH = '/usr/bin:/bin';

interface Call {
  readonly words: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** What is printed for who asked for it. */
const answers: readonly Call[] = [
  { words: ['meta-data'] },
  { words: ['usage'] },
  { words: ['--help'] },
  { words: ['--version'] },
  { words: ['plan', '--help'] },
  { words: ['completion'] },
];

/** What an action says beside what it does, on its standard output. */
const remark: Call = { words: ['validate-all'], env: { OCF_RESKEY_eni_id: 'eni-0a1b2c3d4e5f60718' } };

/** What is said on the standard error. */
const complaints: readonly Call[] = [
  { words: ['monitor'] },
  { words: ['validate-all'], env: { OCF_RESKEY_eni_id: 'eni-0a1b2c3d4e5f60718', OCF_RESKEY_x: '1' } },
  { words: ['nonsense'] },
  { words: ['plan', '--nonsense'] },
];

const named = (calls: readonly Call[]) => calls.map((call) => [call.words.join(' '), call] as const);

/** By then what is to be written is waiting. An answer waits for its reader; an action's words do not for long. */
const LATE_MS = 500;

interface Ended {
  readonly exitCode: number | null;
  /** What came on the other one of standard output and standard error. */
  readonly other: string;
}

/** dd(1) leaves its standard output in this state, for all who share it. */
const blockNoMore = (descriptor: 1 | 2): string =>
  `dd if=/dev/null oflag=nonblock status=none >&${descriptor}`;

/**
 * Runs it with `fd` as its standard output (1) or error (2); the other one is read as usual.
 * @param blocks whether a full pipe lets its writer wait
 */
async function run(
  { words, env = {} }: Call,
  descriptor: 1 | 2,
  fd: number,
  blocks: boolean,
): Promise<Ended> {
  const script = `${blocks ? ':' : blockNoMore(descriptor)}; exec "$0" "$@"`;
  const child = spawn('/bin/sh', ['-c', script, executable, ...words], {
    env: { PATH, ...env },
    stdio: ['ignore', descriptor === 1 ? fd : 'pipe', descriptor === 2 ? fd : 'pipe'],
    timeout: 30_000,
    killSignal: 'SIGKILL',
  });
  closeSync(fd);
  const other = descriptor === 1 ? child.stderr : child.stdout;
  if (other === null) throw new Error('a stream is missing');
  const [said, [exitCode]] = await Promise.all([
    text(other),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { exitCode, other: said };
}

async function usually({ words, env = {} }: Call) {
  const { exitCode, stdout, stderr } = await execa(executable, words, {
    env: { PATH, ...env },
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
  });
  return { exitCode, 1: stdout, 2: stderr };
}

interface Pipe {
  readonly reader: number;
  readonly writer: number;
  /** How much is in it before anybody else writes. */
  readonly full: number;
}

let pipes = 0;

/** A pipe that is full. A child that is given it blocks, unless that is changed. */
async function fullPipe(): Promise<Pipe> {
  pipes += 1;
  const path = `${scratch}/${pipes}`;
  await execa('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  let full = 0;
  try {
    for (;;) full += writeSync(writer, Buffer.alloc(4_096));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
  }
  return { reader, writer, full };
}

/** All that comes, in pieces smaller than what is written at once. */
async function readSlowly(reader: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const piece = Buffer.alloc(3_000);
  for (;;) {
    try {
      const length = readSync(reader, piece);
      if (length === 0) return Buffer.concat(pieces);
      pieces.push(Buffer.from(piece.subarray(0, length)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
    await sleep(1);
  }
}

async function closedPipe(): Promise<number> {
  const { reader, writer } = await fullPipe();
  closeSync(reader);
  return writer;
}

const devFull = (): number => openSync('/dev/full', 'w');

describe.each([
  ['blocks its writer', true],
  ['refuses what it has no room for', false],
])('into a pipe that is full, %s and is read slowly, everything comes', (_, blocks) => {
  const rows = [
    ...[...answers, remark].map((call) => [call.words.join(' '), 1, call] as const),
    ...complaints.map((call) => [call.words.join(' '), 2, call] as const),
  ];
  test.for(rows)('%s: descriptor %i', async ([, descriptor, call]) => {
    const expected = await usually(call);
    const { reader, writer, full } = await fullPipe();
    try {
      const ended = run(call, descriptor, writer, blocks);
      if (answers.includes(call)) await sleep(LATE_MS);
      const read = await readSlowly(reader);
      expect(read.subarray(full).toString()).toBe(expected[descriptor]);
      expect(await ended).toEqual({ exitCode: expected.exitCode, other: expected[descriptor === 1 ? 2 : 1] });
    } finally {
      closeSync(reader);
    }
  });
});

describe('into a pipe that nobody reads any more, it ends as usual', () => {
  const rows = [
    ...[...answers, remark].map((call) => [call.words.join(' '), 1, call] as const),
    ...complaints.map((call) => [call.words.join(' '), 2, call] as const),
  ];
  test.for(rows)('%s: descriptor %i', async ([, descriptor, call]) => {
    const expected = await usually(call);
    expect(await run(call, descriptor, await closedPipe(), true)).toEqual({
      exitCode: expected.exitCode,
      other: expected[descriptor === 1 ? 2 : 1],
    });
  });
});

test.for(named(answers))('%s into a full file system fails, in one line', async ([, call]) => {
  expect(await run(call, 1, devFull(), true)).toEqual({
    exitCode: 1,
    other: 'could not write to standard output: ENOSPC: no space left on device, write\n',
  });
});

test('what an action says beside what it does may be lost on a full file system', async () => {
  expect(await run(remark, 1, devFull(), true)).toEqual({ exitCode: 0, other: '' });
});

test.for(named(complaints))('%s ends as usual where its complaint can’t be written', async ([, call]) => {
  const expected = await usually(call);
  const result = { exitCode: expected.exitCode, other: expected[1] };
  expect(await run(call, 2, devFull(), true)).toEqual(result);
  // Full for ever: nobody waits long for who does not read.
  for (const blocks of [true, false]) {
    const { reader, writer } = await fullPipe();
    try {
      expect(await run(call, 2, writer, blocks)).toEqual(result);
    } finally {
      closeSync(reader);
    }
  }
});
