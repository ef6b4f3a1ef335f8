import type { SandboxNode } from '../sandbox/sandbox.ts';
import type { PhaseSpan, Span } from './move.ts';

/** What Pacemaker decided and did on one node, in its own words; times in ms on the demo's clock. */
export interface Decisions {
  readonly node: SandboxNode;
  readonly events: readonly { readonly atMs: number; readonly text: string }[];
}

/** @param epochMs the demo's clock when it is the epoch's 0 */
export function parsePacemakerLog(
  node: SandboxNode,
  log: string,
  { sinceMs, epochMs }: { readonly sinceMs: number; readonly epochMs: number },
): Decisions {
  const year = new Date().getFullYear();
  const events = log.split('\n').flatMap((line) => {
    const [, stamp = '', text = ''] = /^(\w{3} \d\d [\d:.]+) (.*)$/.exec(line) ?? [];
    const atMs = Date.parse(`${stamp.slice(0, 6)} ${year} ${stamp.slice(7)}`) + epochMs;
    return atMs >= sinceMs ? [{ atMs, text }] : [];
  });
  return { node, events };
}

/** When Pacemaker first said so. @throws when it did not */
export function momentOf({ node, events }: Decisions, words: RegExp): number {
  const found = events.find(({ text }) => words.test(text));
  if (found === undefined) throw new Error(`Pacemaker's log on node ${node.name} has no ${words}`);
  return found.atMs;
}

/** An action of the resource: from Pacemaker's order to what it took for the result, with the agent's own phases. */
export function actionIn(
  decisions: Decisions,
  resource: string,
  action: 'start' | 'stop',
): { readonly span: Span; readonly phases: readonly PhaseSpan[] } {
  const ordered = new RegExp(`Requesting local execution of ${action} operation for ${resource} `);
  const ended = new RegExp(`Result of ${action} operation for ${resource} on \\S+: ok`);
  const span = { startMs: momentOf(decisions, ordered), endMs: momentOf(decisions, ended) };
  const report = decisions.events.find(({ text }) => text.includes(`${resource}_${action}_0[`));
  const [, list = ''] = /in [\d.]+ s \((.*?)\)/.exec(report?.text ?? '') ?? [];
  let reachedMs = span.startMs;
  const phases = list.split(', ').map((one): PhaseSpan => {
    const [, name = '', length = '0'] = /^(\w+) (\d+) ms$/.exec(one) ?? [];
    const startMs = reachedMs;
    reachedMs += Number(length);
    return { action, name, startMs, endMs: reachedMs };
  });
  return { span, phases };
}
