import { asAgentError } from '../core/failure.ts';
import type { Reading } from '../core/reading.ts';
import { present, unknown } from '../core/reading.ts';

/** What is answered, or why it is not. Never rejects. */
export async function told<T>(ask: () => Promise<T>): Promise<Reading<T>> {
  try {
    return present(await ask());
  } catch (thrown) {
    return unknown(asAgentError(thrown).message);
  }
}
