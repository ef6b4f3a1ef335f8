const LOOK_MS = 10;

/** @throws {Error} `otherwise`, when it has not come true for as long as that */
export async function until(isSo: () => boolean, otherwise: string, patienceMs: number): Promise<void> {
  const endMs = performance.now() + patienceMs;
  while (!isSo()) {
    if (performance.now() >= endMs) throw new Error(`${otherwise} within ${Math.round(patienceMs)} ms`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
