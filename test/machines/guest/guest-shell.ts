import { randomUUID } from 'node:crypto';
import type { Options } from 'execa';
import { execa } from 'execa';
import type { MachineShell, Running, Started } from '../../sandbox/machines/machine-shell.ts';
import { shellOf } from '../../sandbox/machines/machine-shell.ts';
import { sshCommand } from './ssh.ts';

/** How long a killed command's end may take to get through before the local end is cut. */
const KILL_GRACE_MS = 20_000;

/** Runs programs in a machine by its ssh connection. What a signal ended, or a power-off, has exit code 255. */
export function guestShell(
  pid: () => Promise<number>,
  socket: string,
  environment: Readonly<Record<string, string>>,
): MachineShell {
  /** Files of commands that have ended. */
  const ended: string[] = [];
  return shellOf(pid, async (command, args, options): Promise<Started> => {
    const { env = {}, input, stdin = 'ignore' } = options;
    await pid();
    const leader = `/run/command-${randomUUID()}`;
    const settings = Object.entries({ ...environment, ...env }).map(([name, value]) => `${name}=${value}`);
    const words = ['exec', 'env', '-i', ...settings, command, ...args].map(quoted);
    // The ssh server gives each command a session, and so a process group, of its own.
    const script = `cd /; rm -f ${ended.splice(0).join(' ')}; echo $$ > ${leader}; ${words.join(' ')}`;
    const [file, ...rest] = sshCommand(socket, script);
    const settingsOfSsh = {
      reject: false,
      detached: true,
      ...(input === undefined ? { stdin } : { input }),
    } as const satisfies Options;
    const running = execa(file, rest, settingsOfSsh) as Running;
    void running.then(() => ended.push(leader));
    return {
      running,
      killGroup: () => {
        const [kill, ...how] = sshCommand(socket, `kill -KILL -- -$(cat ${leader})`);
        void execa(kill, how, { reject: false, stdio: 'ignore', timeout: KILL_GRACE_MS });
        const timer = setTimeout(() => running.kill('SIGKILL'), KILL_GRACE_MS);
        timer.unref();
        void running.then(() => clearTimeout(timer));
      },
    };
  });
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
