import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { makeScratchDirectory } from '../sandbox/scratch-directory.ts';

const { path: scratch, remove } = await makeScratchDirectory();
const ownPath = process.env['PATH'];

afterAll(remove);

/** As if the system's `sh` were that shell, and with programs of the test's own in front. */
async function loadWith(shell: string): Promise<typeof import('../../src/adapters/run.ts')> {
  const directory = `${scratch}/${shell}`;
  mkdirSync(directory, { recursive: true });
  if (!existsSync(`${directory}/sh`)) symlinkSync(`/bin/${shell}`, `${directory}/sh`);
  vi.stubEnv('PATH', `${scratch}:${directory}:${ownPath}`);
  vi.resetModules();
  return await import('../../src/adapters/run.ts');
}

function place(name: string, script: string, mode = 0o755): void {
  writeFileSync(`${scratch}/${name}`, script);
  chmodSync(`${scratch}/${name}`, mode);
}

async function hasEnded(pid: number): Promise<boolean> {
  const gone = (): boolean =>
    !existsSync(`/proc/${pid}`) || /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return await vi.waitFor(() => {
    expect(gone()).toBe(true);
    return true;
  }, 20_000);
}

const big = 'x'.repeat(1024 * 1024);
const inTime = { timeoutMs: 10_000 };

afterEach(() => vi.unstubAllEnvs());

/** What SLES, Red Hat's and Debian's distributions have as `sh`, in turn; without one, as a program that stays alone. */
describe.each(['bash', 'dash', 'directly'])('%s', (way) => {
  let run: typeof import('../../src/adapters/run.ts').run;

  beforeEach(async () => {
    const module = await loadWith(way === 'directly' ? 'dash' : way);
    run = way === 'directly' ? module.runDirectly : module.run;
  });

  test('what a program answers comes back to the last byte', () => {
    const script = 'cat; printf "\\n\\n"; echo complaint >&2; printf " more" >&2; exit 3';
    expect(run('sh', ['-c', script], { ...inTime, input: `${big}\n\nü\n` })).toEqual({
      exitCode: 3,
      stdout: `${big}\n\nü\n\n\n`,
      stderr: 'complaint\n more',
    });
  });

  test('much on both ways out at once', () => {
    const script =
      'head -c 3000000 /dev/zero | tr "\\0" e >&2 & head -c 3000000 /dev/zero | tr "\\0" o; wait; exit 9';
    const { exitCode, stdout, stderr } = run('sh', ['-c', script], inTime);
    expect([exitCode, stdout === 'o'.repeat(3_000_000), stderr === 'e'.repeat(3_000_000)]).toEqual([
      9,
      true,
      true,
    ]);
  });

  test('a program that does not read its input has answered nonetheless', () => {
    const script = 'exec 0<&-; echo words; echo complaint >&2; exit 3';
    expect(run('sh', ['-c', script], { ...inTime, input: big })).toEqual({
      exitCode: 3,
      stdout: 'words\n',
      stderr: 'complaint\n',
    });
  });

  test('without input there is nothing to read', () => {
    expect(run('cat', [], inTime)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  test('no word of a command is parsed', () => {
    const words = [
      '$(touch planted)',
      '`touch planted`',
      "'",
      '"',
      '',
      '*',
      'a\nb',
      ';touch planted',
      '-n',
      '$1',
      '\\',
    ];
    expect(run('printf', ['%s|', ...words], inTime).stdout).toBe(`${words.join('|')}|`);
    expect(existsSync('planted')).toBe(false);
  });

  test('a builtin of the shell is not taken for the program', () => {
    place('type', '#!/bin/sh\necho the program\n');
    expect(run('type', ['ip'], inTime).stdout).toBe('the program\n');
  });

  test('a program sees nothing of the environment', () => {
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    const names = run('env', [], inTime)
      .stdout.split('\n')
      .map((line) => line.split('=')[0] ?? '');
    // The shell's own.
    expect(names.filter((name) => !/^(?:|PWD|OLDPWD|SHLVL|_)$/.test(name)).toSorted()).toEqual([
      'LC_ALL',
      'PATH',
    ]);
  });

  test('one that is ended from outside has not answered', () => {
    const ended = (): unknown => run('sh', ['-c', 'exec 0<&-; kill -9 $$'], { ...inTime, input: big });
    expect(ended).toThrow(
      expect.objectContaining({
        kind: 'transient',
        message: expect.stringMatching(/: it was ended by (?:signal 9|SIGKILL)$/),
      }),
    );
  });

  test('one that is not there', () => {
    expect(() => run('no-such-program', ['x'], inTime)).toThrow(
      expect.objectContaining({
        kind: 'tool',
        message: expect.stringMatching(/^program 'no-such-program' is not installed/),
      }),
    );
  });

  test('one that is there and cannot be run is not called missing', () => {
    place('plain-file', 'words', 0o644);
    expect(() => run('plain-file', ['x'], inTime)).toThrow(
      expect.objectContaining({
        kind: 'transient',
        message: expect.stringMatching(/^could not run 'plain-file x': .*(?:ermission denied|EACCES)/),
      }),
    );
  });

  test('one that does not end is killed', async () => {
    const script = `echo $$ > ${scratch}/pid; echo begun; exec sleep 60`;
    const started = performance.now();
    expect(() => run('sh', ['-c', script], { timeoutMs: 1_500, input: big })).toThrow(
      expect.objectContaining({
        kind: 'transient',
        message: expect.stringContaining("' did not end within 1500 ms and was killed; see what hangs"),
      }),
    );
    expect(performance.now() - started).toBeLessThan(30_000);
    expect(await hasEnded(Number(readFileSync(`${scratch}/pid`, 'utf8')))).toBe(true);
  });

  test('one that leaves a process behind, which keeps its output open', () => {
    const script = `sleep 60 & echo $! > ${scratch}/pid; exit 0`;
    try {
      expect(() => run('sh', ['-c', script], { timeoutMs: 1_500 })).toThrow(
        expect.objectContaining({
          kind: 'transient',
          message: expect.stringContaining(
            ' ended, but a process that it left behind kept its output open for 1500 ms',
          ),
        }),
      );
    } finally {
      process.kill(Number(readFileSync(`${scratch}/pid`, 'utf8')), 'SIGKILL');
    }
  });

  test('one that says too much is ended', async () => {
    const flood = `echo $$ > ${scratch}/pid; exec yes`;
    expect(() => run('sh', ['-c', flood], inTime)).toThrow(
      expect.objectContaining({
        kind: 'transient',
        message: expect.stringMatching(/^could not run .*ENOBUFS/s),
      }),
    );
    expect(await hasEnded(Number(readFileSync(`${scratch}/pid`, 'utf8')))).toBe(true);
  });

  test('one that begins as its time ends is ended, too', async () => {
    const begun = `${scratch}/begun`;
    writeFileSync(begun, '');
    const script = `echo $$ >> ${begun}; exec sleep 60`;
    const pids = (): readonly string[] => readFileSync(begun, 'utf8').split('\n').filter(Boolean);
    for (let trial = 0; trial < 60 || pids().length === 0; trial += 1) {
      // On a machine so busy that none has begun, the next ones have more.
      const timeoutMs = 1 + (trial % 12) + 50 * Math.floor(trial / 60);
      expect(() => run('sh', ['-c', script], { timeoutMs })).toThrow(/^only \d+ ms were left/);
    }
    for (const pid of pids()) expect(await hasEnded(Number(pid))).toBe(true);
  });

  test('little time is not held against it, and none is not begun', () => {
    expect(() => run('sleep', ['2'], { timeoutMs: 60 })).toThrow(/^only 60 ms were left for 'sleep 2'/);
    expect(() => run('sleep', ['2'], { timeoutMs: 0 })).toThrow(/^no time is left to run 'sleep 2'/);
  });

  test('it stays in the process group, so that whoever ends that ends it, too', () => {
    const groupOf = (stat: string): string | undefined => stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2];
    const { stdout } = run('cat', ['/proc/self/stat'], inTime);
    expect(groupOf(stdout)).toBe(groupOf(readFileSync('/proc/self/stat', 'utf8')));
  });
});

describe.each(['bash', 'dash'])('on pipes of %s', (shell) => {
  test.each([
    ['without input', undefined, /^\/dev\/null$/],
    ['with input', 'words', /^pipe:/],
  ])('a program has three descriptors, none of them a socket, %s', async (_, input, first) => {
    const { run } = await loadWith(shell);
    const script = 'for n in 0 1 2 3 4 5 6 7 8 9 10 11 12 255; do readlink /proc/$$/fd/$n; done';
    // Of what this shell opens for itself, nothing: bash has its script at 255 only where that is a file.
    const { stdout } = run('sh', ['-c', script], { ...inTime, ...(input === undefined ? {} : { input }) });
    const pipe = expect.stringMatching(/^pipe:/);
    expect(stdout.trim().split('\n')).toEqual([expect.stringMatching(first), pipe, pipe]);
  });

  test('a shell that somebody else kills takes the program with it', async () => {
    const { run } = await loadWith(shell);
    const script = `echo $$ > ${scratch}/pid; sleep 0.3; kill -9 $(cat ${scratch}/shell); exec sleep 60`;
    // Its parent's parent's parent: the shell that was begun.
    const climb = `p=$$; for n in 1 2 3; do read -r l < /proc/$p/stat; l=\${l##*) }; l=\${l#* }; p=\${l%% *}; done; echo $p > ${scratch}/shell`;
    expect(() => run('sh', ['-c', `${climb}; ${script}`], { timeoutMs: 1_500 })).toThrow(
      expect.objectContaining({
        kind: 'transient',
        message: expect.stringMatching(/was ended by SIGKILL|did not end/),
      }),
    );
    expect(await hasEnded(Number(readFileSync(`${scratch}/pid`, 'utf8')))).toBe(true);
  });

  test('an output that did not come through whole is no answer', async () => {
    const { run } = await loadWith(shell);
    try {
      expect(run('seq', ['3'], inTime).stdout).toBe('1\n2\n3\n');
      place('cat', '#!/bin/sh\n/bin/cat\nexit 1\n');
      const broken = {
        kind: 'transient',
        message: expect.stringMatching(/^could not run 'seq 3': the shell that passes on/),
      };
      expect(() => run('seq', ['3'], inTime)).toThrow(expect.objectContaining(broken));
    } finally {
      place('cat', '#!/bin/sh\nexec /bin/cat\n');
    }
  });
});
