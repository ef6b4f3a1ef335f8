import { spawn } from 'node:child_process';
import { oneLine } from '../../core/one-line.ts';
import { ENVIRONMENT } from '../run.ts';

type Command = readonly [program: string, ...args: string[]];

interface Ended {
  readonly exitCode: number;
  /** What was tried, and what was said against it. */
  readonly complaint: string;
}

/** Whatever a program has left behind may hold its output open for as long as it likes. */
const LAST_WORDS_MS = 50;

/**
 * Has a program do something, beside whatever else is done.
 * @throws {Error} as `ask`, and when it fails
 */
export async function tell(command: Command, untilMs: number): Promise<void> {
  const { exitCode, complaint } = await ask(command, untilMs);
  if (exitCode !== 0) throw new Error(complaint);
}

/**
 * Runs a program beside whatever else is done, and waits for its end. Its exit code is its answer: what it prints is for
 * the words of a failure alone, so that it does not matter where a security policy keeps it back.
 * @throws {Error} when it is not there, is ended by a signal or does not end in time, with what was tried
 */
export function ask([program, ...args]: Command, untilMs: number): Promise<Ended> {
  const command = `'${[program, ...args].join(' ')}'`;
  const timeoutMs = Math.max(0, Math.round(untilMs - performance.now()));
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: ENVIRONMENT, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (text: Buffer) => {
      said += text.toString();
    });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      child.stderr.destroy();
      reject(new Error(`${command} did not end within ${(timeoutMs / 1_000).toFixed(1)} s`));
    }, timeoutMs);
    child.on('error', (error) => {
      clearTimeout(timer);
      const { code } = error as NodeJS.ErrnoException;
      reject(new Error(code === 'ENOENT' ? `${program} is not installed` : `${command}: ${error.message}`));
    });
    child.on('exit', () => {
      clearTimeout(timer);
      setTimeout(() => child.stderr.destroy(), LAST_WORDS_MS);
    });
    child.on('close', (exitCode, signal) => {
      const end = exitCode === null ? `ended by ${signal}` : `exit code ${exitCode}`;
      const complaint = `${command}: ${oneLine(said, 200) || end}`;
      if (exitCode === null) reject(new Error(complaint));
      else resolve({ exitCode, complaint });
    });
  });
}
