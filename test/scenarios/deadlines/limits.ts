/** Time limits of an action in seconds; a soak run has longer ones. */
export const limitsMs: readonly number[] = (process.env['AWS_ENI_LIMITS'] ?? '2,3,5')
  .split(',')
  .map((text) => Number(text) * 1_000);

/** Actions with different limits run at once, each of a resource of its own, so that no lock is between them. */
export function resourceOf(limitMs: number): string {
  return `limit-${limitMs}`;
}
