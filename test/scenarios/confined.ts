/** Where that `ip` is. */
export const CONFINED_IP = new URL('../fixtures/confined-ip', import.meta.url).pathname;

/** What test/vitest.config.ts says of the nodes of a project's tests. */
const isConfined = process.env['AWS_ENI_NODES'] === 'confined';

/** Looks that an action repeats there, after the first of them has been answered by nothing. */
export const REPEATED_LOOKS = isConfined ? 1 : 0;

/**
 * The agent's environment, and on a node where a policy confines `ip` that one in front: whatever `ip` is there, a test's
 * own program too, gets nothing but its caller's pipes. Without it are called: an agent whose PATH is itself what is
 * tried (environment.test.ts, trust.test.ts), and one whose programs are counted (monitor.test.ts).
 */
export function onNodeOf(environment: Readonly<Record<string, string>>): Record<string, string> {
  return isConfined ? { ...environment, PATH: `${CONFINED_IP}:${environment['PATH']}` } : { ...environment };
}
