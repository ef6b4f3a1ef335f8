/**
 * `time-commands.ts RUNS COMMAND…`: runs the commands in turn, so that what disturbs one disturbs all, and prints the
 * median wall time and the largest resident size of each as JSON. Run by bun, which tells a child's resident size.
 */
declare const Bun: {
  spawnSync(options: {
    readonly cmd: readonly string[];
    readonly stdout: 'ignore';
    readonly stderr: 'ignore';
  }): { readonly exitCode: number; readonly resourceUsage: { readonly maxRSS: number } };
};

export interface Timed {
  readonly command: string;
  readonly medianMs: number;
  readonly largestMiB: number;
}

const [runs = '', ...commands] = process.argv.slice(2);
const WARM_UP = 3;

const times = commands.map((): number[] => []);
const sizes = commands.map((): number[] => []);
for (let turn = 0; turn < WARM_UP + Number(runs); turn += 1) {
  for (const [index, command] of commands.entries()) {
    const startedMs = performance.now();
    const { exitCode, resourceUsage } = Bun.spawnSync({
      cmd: command.split(' '),
      stdout: 'ignore',
      stderr: 'ignore',
    });
    const tookMs = performance.now() - startedMs;
    if (exitCode !== 0) throw new Error(`'${command}' ended with ${exitCode}`);
    if (turn < WARM_UP) continue;
    times[index]?.push(tookMs);
    sizes[index]?.push(resourceUsage.maxRSS / 2 ** 20);
  }
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

const result = commands.map(
  (command, index): Timed => ({
    command,
    medianMs: median(times[index] ?? []),
    largestMiB: Math.max(...(sizes[index] ?? [])),
  }),
);
process.stdout.write(`${JSON.stringify(result)}\n`);
