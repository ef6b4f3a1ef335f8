import { spawn } from 'node:child_process';
import { oneLine } from '../../core/one-line.ts';
import { ENVIRONMENT } from '../run.ts';

interface Ended {
  readonly exitCode: number;
  /** What went wrong, with what was tried. */
  readonly complaint: string;
}

/**
 * Has a program do something, beside whatever else is done.
 * @throws {Error} as `ask`, and when it fails
 */
export async function tell(command: readonly [string, ...string[]], patienceMs: number): Promise<void> {
  const { exitCode, complaint } = await ask(command, patienceMs);
  if (exitCode !== 0) throw new Error(complaint);
}

/**
 * Runs a program beside whatever else is done, and waits for its end. Its exit code is its answer: what it prints is for
 * the words of a failure alone, so that it does not matter where a security policy keeps it back.
 * @throws {Error} when it is not there, is ended by a signal or does not end in time, with what was tried
 */
export function ask([program, ...args]: readonly [string, ...string[]], patienceMs: number): Promise<Ended> {
  const command = `'${[program, ...args].join(' ')}'`;
  const timeoutMs = Math.round(patienceMs);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: ENVIRONMENT, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (text: Buffer) => {
      said += text.toString();
    });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      // What it left behind may keep its output open.
      child.stderr.destroy();
      reject(new Error(`${command} did not end within ${timeoutMs} ms`));
    }, timeoutMs);
    child.on('error', (error) => {
      clearTimeout(timer);
      const { code } = error as NodeJS.ErrnoException;
      reject(new Error(code === 'ENOENT' ? `${program} is not installed` : `${command}: ${error.message}`));
    });
    child.on('close', (exitCode, signal) => {
      clearTimeout(timer);
      const complaint = `${command}: ${oneLine(said, 200) || `exit code ${exitCode ?? signal}`}`;
      if (exitCode === null) reject(new Error(complaint));
      else resolve({ exitCode, complaint });
    });
  });
}
