import { randomBytes } from 'node:crypto';

/** Tokens of the metadata service, version 2: valid for the instance that asked, and for as long as it asked. */
export interface SessionTokens {
  issue(nowMs: number, instanceId: string, ttlSeconds: number): string;
  /** Seconds left; `undefined` for a token that is not, or no longer, this instance's. */
  remainingSeconds(nowMs: number, instanceId: string, token: string): number | undefined;
}

export function createSessionTokens(): SessionTokens {
  const issued = new Map<string, { readonly instanceId: string; readonly untilMs: number }>();
  return {
    issue: (nowMs, instanceId, ttlSeconds) => {
      const token = `${randomBytes(39).toString('base64url')}AQ==`;
      issued.set(token, { instanceId, untilMs: nowMs + ttlSeconds * 1_000 });
      return token;
    },
    remainingSeconds: (nowMs, instanceId, token) => {
      const known = issued.get(token);
      if (known?.instanceId !== instanceId || known.untilMs <= nowMs) return undefined;
      return Math.ceil((known.untilMs - nowMs) / 1_000);
    },
  };
}
