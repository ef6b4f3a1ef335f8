import { existsSync } from 'node:fs';
import { ask } from './tell.ts';

/** There where systemd runs the node. Source: sd_booted(3). */
const SYSTEMD_RUNS = '/run/systemd/system';

/** Such a unit does not run, or is not there. Source: systemctl(1), EXIT STATUS. */
const NOT_ACTIVE = [3, 4];

/** @throws {Error} when systemd does not say so in time */
export async function isActive(unit: string, untilMs: number): Promise<boolean> {
  if (!existsSync(SYSTEMD_RUNS)) return false;
  const { exitCode, complaint } = await ask(['systemctl', 'is-active', '--quiet', unit], untilMs);
  if (exitCode === 0) return true;
  if (NOT_ACTIVE.includes(exitCode)) return false;
  throw new Error(complaint);
}
