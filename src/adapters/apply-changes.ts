import { writeFileSync } from 'node:fs';
import type { Family } from '../core/address.ts';
import { AgentError } from '../core/failure.ts';
import type { Change } from '../core/kernel.ts';
import { batchOf, isAlreadySo, lineOf } from './ip-commands.ts';
import type { Ip } from './ip-program.ts';
import { heldBack } from './iproute-as-text.ts';
import type { Ran } from './run.ts';

/** Of what ip says of a batch: many times what a sane one does, and little enough to be searched. */
const READ_LENGTH = 65_536;

/** Source: iproute2 before 4.17, iprule.c and utils.c; it ends the batch there. */
const LACKS_PROTOCOL = /argument "protocol" is wrong/;

/**
 * Makes the changes in their order; one that is refused stops none of those behind it.
 * @param asText whether this ip is known to be one that has to be read as text
 * @throws {AgentError} `transient`, with all refusals, when one of them matters
 */
export function applyChanges(ip: Ip, changes: readonly Change[], asText: boolean): Applied {
  ignoreRouterAdvertisements(changes);
  let old = asText;
  const refusals: Refusal[] = [];
  for (const batch of batches(changes)) {
    const ran = old ? undefined : runBatch(ip, batch, true);
    old = ran === undefined || LACKS_PROTOCOL.test(ran.stderr.slice(0, READ_LENGTH));
    // What it had already done of the batch is refused as done the second time.
    refusals.push(
      ...(ran === undefined || old ? applyWithoutProtocols(ip, batch) : refusalsIn(ran, batch, true)),
    );
  }
  const words = refusals.map(({ said }) => said);
  if (!refusals.every(({ change }) => change?.do === 'set-mtu')) {
    throw new AgentError('transient', `the kernel refused: ${words.join('; ')}`);
  }
  return { asText: old, unmet: words };
}

interface Applied {
  /** Whether this ip is one that has to be read as text, as known now. */
  readonly asText: boolean;
  /** What the kernel refused, and no service depends on. */
  readonly unmet: readonly string[];
}

interface Refusal {
  /** `undefined`: it is of ip as a whole. */
  readonly change: Change | undefined;
  readonly said: string;
}

interface Batch {
  readonly family: Family;
  readonly changes: readonly Change[];
}

/** The changes in their order, cut where the IP version of rules changes. */
function batches(changes: readonly Change[]): readonly Batch[] {
  const cut: { family: Family; changes: Change[] }[] = [];
  for (const change of changes) {
    const family = batchOf(change);
    const last = cut.at(-1);
    if (last?.family === family) last.changes.push(change);
    else cut.push({ family, changes: [change] });
  }
  return cut;
}

function runBatch(ip: Ip, { family, changes }: Batch, protocols: boolean): Ran {
  const input = `${changes.map((change) => lineOf(change, protocols)).join('\n')}\n`;
  return ip.change([...(family === 'ipv6' ? ['-6'] : []), '-force', '-batch', '-'], input);
}

function applyWithoutProtocols(ip: Ip, { family, changes }: Batch): readonly Refusal[] {
  const held = heldBack(ip, family, changes);
  const batch = { family, changes: changes.filter((change) => !held.has(change)) };
  const refusals = [...held].map(
    ([change, inTheWay]): Refusal => ({
      change,
      said: `'ip ${lineOf(change, false)}': '${inTheWay}' stands before it and would go instead; delete one of them by hand`,
    }),
  );
  return [...refusals, ...refusalsIn(runBatch(ip, batch, false), batch, false)];
}

function refusalsIn({ exitCode, stderr }: Ran, { changes }: Batch, protocols: boolean): readonly Refusal[] {
  if (exitCode === 0) return [];
  const refusals = [...stderr.slice(0, READ_LENGTH).matchAll(/([\s\S]*?)Command failed -:(\d+)\n?/g)].flatMap(
    ([, words = '', line]) => {
      const change = changes[Number(line) - 1];
      if (change === undefined || isAlreadySo(change, words)) return [];
      return [{ change, said: `'ip ${lineOf(change, protocols)}': ${words.trim().replaceAll('\n', ', ')}` }];
    },
  );
  return refusals.length === 0 && !/Command failed -:\d+/.test(stderr)
    ? [{ change: undefined, said: stderr.trim() || `ip: exit code ${exitCode}` }]
    : refusals;
}

/** The ENI's link must not bring a default route into the main table: the node's own traffic stays where it is. */
function ignoreRouterAdvertisements(changes: readonly Change[]): void {
  for (const change of changes) {
    if (change.do !== 'set-link' || !change.up) continue;
    try {
      writeFileSync(`/proc/sys/net/ipv6/conf/${change.device}/accept_ra`, '0');
    } catch (error) {
      // No such file: a kernel without IPv6, or a device that has just gone, which the next line will tell.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      throw new AgentError('transient', `could not set accept_ra of ${change.device}: ${String(error)}`, {
        cause: error,
      });
    }
  }
}
