import type { Log } from '../ports/agent.ts';
import type { Screen } from '../ports/screen.ts';
import { doubtful } from './style.ts';

/** What the agent's code says while a command uses it: warnings, and with `progress` what it is about to do. */
export function createCommandLog(screen: Screen, { progress = false } = {}): Log {
  return {
    tell: () => undefined,
    debug: () => undefined,
    info: (message) => {
      if (progress) screen.note(message);
    },
    warn: (message) => screen.note(`${doubtful('warning:')} ${message}`),
  };
}
