/** Daemons react to what they are told within tens of milliseconds. */
const PATIENCE_MS = 3_000;
const LOOK_MS = 10;

/** @throws {Error} `otherwise`, when it has not come true for three seconds */
export async function until(isSo: () => boolean, otherwise: string): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  while (!isSo()) {
    if (performance.now() >= endMs) throw new Error(`${otherwise} within ${PATIENCE_MS / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
