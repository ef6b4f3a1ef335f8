import { spawn } from 'node:child_process';
import { oneLine } from '../../core/one-line.ts';
import { ENVIRONMENT } from '../run.ts';

/** They answer in milliseconds. One that hangs must not keep a takeover waiting, which takes EC2 longer than this. */
const PATIENCE_MS = 5_000;

/**
 * Runs a program beside whatever else is done, and waits for its end. What it prints is for the words of a failure
 * alone, so that it does not matter where a security policy keeps it back; its exit code tells.
 * @throws {Error} when it is not there, fails or does not end in time, with what was tried
 */
export function tell(program: string, ...args: readonly string[]): Promise<void> {
  const command = `'${[program, ...args].join(' ')}'`;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: ENVIRONMENT, stdio: ['ignore', 'ignore', 'pipe'] });
    let complaint = '';
    child.stderr.on('data', (text: Buffer) => {
      complaint += text.toString();
    });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      // What it left behind may keep its output open.
      child.stderr.destroy();
      reject(new Error(`${command} did not end within ${PATIENCE_MS} ms`));
    }, PATIENCE_MS);
    child.on('error', (error) => {
      clearTimeout(timer);
      const { code } = error as NodeJS.ErrnoException;
      reject(new Error(code === 'ENOENT' ? `${program} is not installed` : `${command}: ${error.message}`));
    });
    child.on('close', (exitCode, signal) => {
      clearTimeout(timer);
      if (exitCode === 0) resolve();
      else reject(new Error(`${command}: ${oneLine(complaint, 200) || `exit code ${exitCode ?? signal}`}`));
    });
  });
}
