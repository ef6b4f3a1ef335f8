import type { Check, Group } from './check.ts';
import { verdictsOf } from './check.ts';
import type { Facts } from './facts.ts';

/** EC2 refuses requests that are older. Source: IAM User Guide, "Troubleshoot Signature Version 4". */
const REFUSED_SKEW_MS = 300_000;
/** What a clock that is kept right never has. */
const DOUBTFUL_SKEW_MS = 30_000;

/** A call takes tens of milliseconds within a region. */
const SLOW_MS = 1_000;

export function checkEc2(facts: Facts): Group {
  return { title: 'EC2', checks: [credentials(facts), endpoint(facts), clock(facts)] };
}

function credentials({ credentials: reading }: Facts): Check {
  const verdicts = verdictsOf('credentials', 'credentials');
  if (reading.state === 'absent') return verdicts.unknown('they were not asked for');
  if (reading.state === 'unknown') {
    return /^nobody told the region/.test(reading.because)
      ? verdicts.unknown(reading.because)
      : verdicts.failed(reading.because, "give the instance a role with the policy of 'aws-eni iam-policy'");
  }
  const { from, expiresAt } = reading.value;
  if (expiresAt === undefined) {
    return verdicts.warning(
      `from ${from}, without an end`,
      "use the instance's role: its credentials change by themselves",
    );
  }
  return verdicts.ok(`from ${from}, good until ${expiresAt.toISOString()}`);
}

function endpoint({ contact }: Facts): Check {
  const verdicts = verdictsOf('endpoint', 'endpoint');
  if (contact.state !== 'present') {
    return contact.state === 'unknown' && /^nobody told the region/.test(contact.because)
      ? verdicts.unknown(contact.because)
      : verdicts.failed(
          contact.state === 'unknown' ? contact.because : 'no answer',
          'look at the route to EC2: a NAT gateway, a VPC endpoint (--endpoint-url), or HTTPS_PROXY in the environment of Pacemaker',
        );
  }
  const { endpoint: url, proxy, tookMs } = contact.value;
  const way = proxy === undefined ? 'straight' : `through ${proxy}`;
  const said = `${url}, ${way}, answers in ${Math.round(tookMs)} ms`;
  const doubts = [
    ...(isOpen(url) ? [OPEN] : []),
    ...(tookMs < SLOW_MS ? [] : ['a move calls EC2 about eight times; look at the way to it']),
  ];
  return doubts.length === 0 ? verdicts.ok(said) : verdicts.warning(said, doubts.join('; '));
}

const OPEN =
  'without TLS, whoever is in between can read and change what is asked and answered; name it by https://';

/** Whether requests leave this machine as they are. */
function isOpen(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !/^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}

function clock({ contact }: Facts): Check {
  const verdicts = verdictsOf('clock', 'clock');
  if (contact.state !== 'present') return verdicts.unknown('EC2 did not answer');
  const { aheadMs } = contact.value;
  if (aheadMs === undefined) return verdicts.unknown('the answer had no date');
  const seconds = Math.round(Math.abs(aheadMs) / 1_000);
  const said =
    seconds <= 1 ? "agrees with EC2's" : `${seconds} s ${aheadMs > 0 ? 'behind' : 'ahead of'} EC2's`;
  const remedy = "keep it right: 'chronyc tracking', server 169.254.169.123";
  if (Math.abs(aheadMs) >= REFUSED_SKEW_MS) return verdicts.failed(said, remedy);
  return Math.abs(aheadMs) >= DOUBTFUL_SKEW_MS ? verdicts.warning(said, remedy) : verdicts.ok(said);
}
