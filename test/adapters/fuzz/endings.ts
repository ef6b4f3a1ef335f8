import { expect } from 'vitest';
import type { FailureKind } from '../../../src/core/failure.ts';
import { AgentError } from '../../../src/core/failure.ts';

/** Longer than this no reason is, whatever somebody else said. */
const MAX_LENGTH = 2_000;
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** How often an input ended in a value, and how often in a designed error. */
export interface Endings {
  readonly values: number;
  readonly errors: number;
}

interface Expected<T> {
  /** Asserts the shape of a value. */
  readonly value: (value: T) => void;
  readonly kinds: readonly FailureKind[];
  /** What no reason may repeat. */
  readonly secret?: string;
}

/** Counts how inputs end, and fails at the first that ends in anything but a value of its shape or a designed error. */
export function countEndings() {
  let [values, errors] = [0, 0];
  return {
    endings: (): Endings => ({ values, errors }),
    judge: async <T>(work: () => T | Promise<T>, { value, kinds, secret }: Expected<T>): Promise<void> => {
      let found: T;
      try {
        found = await work();
      } catch (error) {
        expectDesigned(error, kinds);
        if (secret !== undefined) expect((error as AgentError).message).not.toContain(secret);
        errors += 1;
        return;
      }
      value(found);
      values += 1;
    },
  };
}

function expectDesigned(error: unknown, kinds: readonly FailureKind[]): void {
  if (!(error instanceof AgentError)) throw error;
  expect(kinds, error.message).toContain(error.kind);
  expectPrintable(error.message);
  expect(error.message).not.toBe('');
}

/** One line that can be shown anywhere. */
export function expectPrintable(text: string): void {
  expect(text).not.toMatch(UNPRINTABLE);
  expect(text.length).toBeLessThanOrEqual(MAX_LENGTH);
}
