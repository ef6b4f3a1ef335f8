import type { State } from './scenes.ts';

/** How an action ends. */
export interface Ending {
  readonly exitCode: number;
  /** In the reason; or, where the action goes well, in a warning. Empty: not a word. */
  readonly says: RegExp | '';
  readonly left: State;
  /** The action's time limit, where it waits until its end. */
  readonly limitMs?: number;
}

/** As short as a busy machine lets it be: what lasts is waited for until then. */
const LIMIT_MS = 6_000;

export const aServes: State = { holder: 'a', a: 'serves', b: 'nothing' };
/** The rule of who lost the ENI stays until its own stop. */
export const taken: State = { holder: 'b', a: 'a part', b: 'serves' };
export const free: State = { holder: undefined, a: 'nothing', b: 'nothing' };
const isolated: State = { holder: 'a', a: 'nothing', b: 'nothing' };

const inTime = /^out of time after \d\.\d s of 6 s while .+; the next action goes on from here/;
const NEXT = /grant|check|look at|report|attach one/;

/** What an outage, or a refusal, of a kind that ends a start with `exitCode` does to each action. */
function failing(
  exitCode: number,
  says: RegExp,
  limit: Pick<Ending, 'limitMs'> = {},
): Record<'ahead' | 'stop' | 'deep' | 'free', Ending> {
  return {
    ahead: { exitCode, says, left: aServes, ...limit },
    free: { exitCode, says, left: free, ...limit },
    // The service is off the node in any case; that it may still be attached is for the next start.
    stop: {
      exitCode: 0,
      says: /isolated but may still be attached here: .+; the next start detaches it/,
      left: isolated,
      ...limit,
    },
    // The kernel says that it serves, and nobody says that it does not.
    deep: { exitCode: 0, says: /could not confirm that eni-\w+ is attached here/, left: aServes, ...limit },
  };
}

export const lasting = failing(1, inTime, { limitMs: LIMIT_MS });
export const refused = failing(
  4,
  new RegExp(
    `EC2 said \\S+: .+\\(after \\d+ ms, HTTP 4\\d\\d, request [-0-9a-f]{36}\\); .*(?:${NEXT.source})`,
  ),
);
export const misfit = failing(
  2,
  /EC2 said \S+: .+\(after \d+ ms, HTTP 400, request [-0-9a-f]{36}\); (?:check the ids|take addresses|detach an interface|ask AWS|look at what answers)/,
);
export const mistaken = failing(
  1,
  /EC2 said \S+: .+\(after \d+ ms, HTTP 400, request [-0-9a-f]{36}\); please report this/,
);
export const roleless = failing(4, /it has no IAM role; attach one/);
export const unasked: Ending = {
  exitCode: 1,
  says: /^asking the instance metadata service for .+; check that this is an EC2 instance|^the instance metadata service gave no/,
  left: aServes,
};
export const healthy: Ending = { exitCode: 0, says: '', left: aServes };
export const elsewhere: Ending = { exitCode: 7, says: '', left: aServes };
