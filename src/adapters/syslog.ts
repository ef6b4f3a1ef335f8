import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { oneLine } from '../core/one-line.ts';
import type { Log } from '../ports/agent.ts';
import { ENVIRONMENT } from './run.ts';
import { writeLine } from './write-line.ts';

/** Source: syslog(3). */
const severity = { debug: 7, info: 6, notice: 5, warn: 4, error: 3 } as const;
type Severity = keyof typeof severity;

export interface SyslogOptions {
  /** As resource-agents write it: `aws-eni(RESOURCE)[PID]`. */
  readonly tag: string;
  readonly facility: string;
  readonly debug: boolean;
  /** Whether a person reads what is told. */
  readonly byHand: boolean;
  /** Gets each word as well, whatever its level. */
  readonly trace?: ((line: string) => void) | undefined;
}

export interface Syslog extends Log {
  /** What is worth a line in Pacemaker's log too: how a start or stop went. */
  notice(message: string): void;
  error(message: string): void;
  /** Resolves when syslog has it all, or soon. */
  close(): Promise<void>;
}

/** What is written is in the pipe, and logger(1) reads it also when we are gone; it comes out of the time after the deadline. */
const CLOSE_TIMEOUT_MS = 120;

/**
 * Words to syslog by one logger(1), started with the first of them; those for whoever called, also to stderr, which
 * Pacemaker puts into its own log. A healthy monitor has nothing to say and starts nothing.
 */
export function createSyslog({ tag, facility, debug, byHand, trace }: SyslogOptions): Syslog {
  let logger: ChildProcess | undefined;
  const say = (level: Severity, message: string): void => {
    const line = oneLine(message);
    trace?.(`${level.toUpperCase()}: ${line}`);
    logger ??= startLogger(tag, facility);
    logger.stdin?.write(`<${severity[level]}>${level.toUpperCase()}: ${line}\n`);
  };
  const report = (word: string, message: string): void => {
    writeLine(2, `${word}: ${oneLine(message)}`);
  };
  return {
    tell: (answer) => {
      if (byHand) writeLine(1, `INFO: ${oneLine(answer)}`);
    },
    debug: (message) => {
      if (!debug) {
        trace?.(`DEBUG: ${message}`);
        return;
      }
      say('debug', message);
      report('DEBUG', message);
    },
    info: (message) => {
      say('info', message);
      // Asked here and not before: it loads what a healthy monitor has no use for.
      if (debug || process.stderr.isTTY) report('INFO', message);
    },
    notice: (message) => {
      say('notice', message);
      report('INFO', message);
    },
    warn: (message) => {
      say('warn', message);
      report('WARNING', message);
    },
    error: (message) => say('error', message),
    close: () => closeLogger(logger),
  };
}

function startLogger(tag: string, facility: string): ChildProcess {
  const args = ['--tag', tag, '--priority', `${facility}.info`, '--prio-prefix'];
  const logger = spawn('logger', args, { env: ENVIRONMENT, stdio: ['pipe', 'ignore', 'ignore'] });
  // A node without logger or syslog still has stderr; its service must not suffer for it.
  logger.on('error', () => undefined);
  logger.stdin?.on('error', () => undefined);
  return logger;
}

function closeLogger(logger: ChildProcess | undefined): Promise<void> {
  if (logger === undefined || logger.exitCode !== null || logger.pid === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
    logger.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
    logger.stdin?.end();
  });
}
