import { AgentError } from '../core/failure.ts';
import { isCount, isDeviceName, parseAnswers } from './ip-output.ts';
import type { Ip } from './ip-program.ts';
import { lacksOption } from './iproute-as-text.ts';

const COMMAND = ['-4', 'route', 'show', 'default'] as const;

interface Default {
  readonly device: string;
  readonly metric: number;
}

/**
 * Names of the devices of the main table's IPv4 default routes, that of the lowest metric first.
 * @param asText whether this ip is known to be one that has to be read as text
 * @throws {AgentError} `transient`, when ip does not show them
 */
export function readDefaultDevices(ip: Ip, asText: boolean): readonly string[] {
  const asJson = asText ? undefined : ip.find(['-N', '-j', ...COMMAND]);
  const ran = asJson === undefined || lacksOption(asJson) ? ip.find(['-o', ...COMMAND]) : asJson;
  if (ran.exitCode !== 0) {
    throw new AgentError(
      'transient',
      `'ip' could not show ${COMMAND.join(' ')}: ${ran.stderr.trim() || `exit code ${ran.exitCode}`}`,
    );
  }
  const found = ran === asJson ? inJson(ran.stdout) : inText(ran.stdout);
  return found.toSorted((one, other) => one.metric - other.metric).map(({ device }) => device);
}

function inJson(stdout: string): readonly Default[] {
  return parseAnswers(stdout)
    .flat()
    .flatMap(({ dst, dev, metric }) => defaultOf(dst, dev, metric));
}

/** `default via 10.1.0.1 dev eth0 proto dhcp metric 100`. */
function inText(stdout: string): readonly Default[] {
  return stdout.split('\n').flatMap((line) => {
    const words = line.split(/\s+/);
    const after = (word: string): string | undefined =>
      words.includes(word) ? words[words.indexOf(word) + 1] : undefined;
    return defaultOf(words[0], after('dev'), after('metric'));
  });
}

/** One without a device of its own, such as several next hops, is none that an MTU could be taken from. */
function defaultOf(to: unknown, device: unknown, metric: unknown = 0): readonly Default[] {
  return to === 'default' && isDeviceName(device) && isCount(metric)
    ? [{ device, metric: Number(metric) }]
    : [];
}
