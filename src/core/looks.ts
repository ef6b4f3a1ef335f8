/**
 * When to look whether EC2 has let go of an ENI, in ms after the detach. A detach takes 2 to 3 s on a healthy guest
 * (amazon-vpc-cni-k8s, issue 608), so most looks are there; before it, for the quick cases, and after it, backing off.
 */
const RELEASE_LOOKS_MS = [1_000, 2_000, 2_500, 3_000, 3_500, 4_200, 5_000] as const;
const BACKOFF = 1.3;
const LONGEST_PAUSE_MS = 3_000;

/** Different nodes and resources must not knock at the same instant. */
const JITTER = 0.02;

/**
 * The moments, in ms from the start of a wait, at which to look for its end.
 * @param random a number from 0 to 1, for the jitter
 */
export function* releaseLooks(random: () => number): Generator<number, never> {
  let last = 0;
  let pause = 0;
  for (const look of RELEASE_LOOKS_MS) {
    pause = look - last;
    last = look;
    yield jittered(look, random);
  }
  for (;;) {
    pause = Math.min(pause * BACKOFF, LONGEST_PAUSE_MS);
    last += pause;
    yield jittered(last, random);
  }
}

/** Pauses that double from one to the next, each cut by up to a half at random. */
export function* growingPauses(
  firstMs: number,
  longestMs: number,
  random: () => number,
): Generator<number, never> {
  let pause = firstMs;
  for (;;) {
    yield pause * (0.5 + random() / 2);
    pause = Math.min(pause * 2, longestMs);
  }
}

function jittered(ms: number, random: () => number): number {
  return ms * (1 - JITTER + 2 * JITTER * random());
}
