/**
 * The result of `work`, if it comes within `limitMs`. For libraries whose own limits are of silence, or of the
 * connection: an answer that drips in, or stops half-way, never reaches these.
 * @throws {Late} that names the limit
 */
export async function inTime<T>(work: Promise<T>, limitMs: number, what = 'it'): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const words = `${what} gave no whole answer within ${Math.round(limitMs)} ms`;
    timer = setTimeout(() => reject(new Late(words)), limitMs);
  });
  // Whoever loses the race must not end the process as an unhandled rejection.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

export class Late extends Error {}
