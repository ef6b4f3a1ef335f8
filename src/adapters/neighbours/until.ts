const LOOK_MS = 10;

/** @throws {Error} `otherwise`, when it has not come true by then */
export async function until(isSo: () => boolean, otherwise: string, untilMs: number): Promise<void> {
  while (!isSo()) {
    if (performance.now() >= untilMs) throw new Error(otherwise);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
