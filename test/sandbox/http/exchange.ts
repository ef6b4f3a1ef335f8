import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './faults.ts';
import type { Gate } from './gate.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Error code, or what else the request log shall say. */
  readonly outcome: string;
}

/** What the client gets to see. */
export type Reply =
  | { readonly is: 'answer' | 'half'; readonly answer: Answer }
  | { readonly is: 'drip'; readonly answer: Answer; readonly dripMs: number }
  | { readonly is: 'reset' | 'silence'; readonly outcome: string };

export interface Exchange {
  readonly fault: Fault | undefined;
  /** Half of it passes before `process`, half after it. */
  readonly latencyMs: number;
  readonly gate: Gate;
  readonly process: () => Answer | Promise<Answer>;
  readonly errorAnswer: (code: string, message: string, status: number | undefined) => Answer;
}

/** One request with the fault that was ordered for it, if any. */
export async function exchange({ fault, latencyMs, gate, process, errorAnswer }: Exchange): Promise<Reply> {
  const delayMs = typeof fault === 'object' && 'delayMs' in fault ? fault.delayMs : 0;
  const beforeMs = Math.floor(latencyMs / 2);
  await pause(beforeMs + delayMs);
  if (fault === 'hold-before') await gate.stand();
  const instead = replyInstead(fault, errorAnswer);
  const reply: Reply = instead ?? { ...manner(fault), answer: await process() };
  if (fault === 'hold-after') await gate.stand();
  await pause(latencyMs - beforeMs);
  return fault === 'drop-after' ? { is: 'reset', outcome: fault } : reply;
}

function manner(
  fault: Fault | undefined,
): { readonly is: 'answer' | 'half' } | { readonly is: 'drip'; readonly dripMs: number } {
  if (fault === 'cut-off') return { is: 'half' };
  return typeof fault === 'object' && 'dripMs' in fault
    ? { is: 'drip', dripMs: fault.dripMs }
    : { is: 'answer' };
}

function replyInstead(fault: Fault | undefined, errorAnswer: Exchange['errorAnswer']): Reply | undefined {
  if (fault === undefined || fault === 'cut-off' || fault === 'drop-after') return undefined;
  if (fault === 'hold-before' || fault === 'hold-after') return undefined;
  if (fault === 'drop-before') return { is: 'reset', outcome: fault };
  if (fault === 'black-hole') return { is: 'silence', outcome: fault };
  if (fault === 'not-xml') return instead(200, '<html><p>Please sign in & accept <br></html', fault);
  if ('delayMs' in fault || 'dripMs' in fault) return undefined;
  if ('body' in fault) return instead(200, fault.body, 'fault body');
  if ('error' in fault) {
    return {
      is: 'answer',
      answer: errorAnswer(fault.error, fault.message ?? 'as the test ordered', fault.status),
    };
  }
  return instead(fault.status, '', `${fault.status}`);
}

function instead(status: number, body: string, outcome: string): Reply {
  return { is: 'answer', answer: { status, headers: { 'content-type': 'text/plain' }, body, outcome } };
}

/** A timer of 0 ms would still take one. */
async function pause(ms: number): Promise<void> {
  if (ms > 0) await sleep(ms);
}
