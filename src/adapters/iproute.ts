import { writeFileSync } from 'node:fs';
import type { Family, IpAddress } from '../core/address.ts';
import { AgentError } from '../core/failure.ts';
import type { Change, Kernel } from '../core/kernel.ts';
import type { NeighbourState, PolicyRouting } from '../ports.ts';
import { batchOf, isAlreadySo, lineOf } from './ip-commands.ts';
import { deviceOf, parseAnswers, routeOf, ruleOf } from './ip-output.ts';
import type { Ran } from './run.ts';
import { run } from './run.ts';

/** iproute2 answers in milliseconds; a longer silence means that the kernel's netlink is stuck. */
const IP_TIMEOUT_MS = 5_000;

/** Of what ip says of a batch: many times what a sane one does, and little enough to be searched. */
const READ_LENGTH = 65_536;

/** Discard: nobody answers there, and nobody needs to: the kernel asks for the neighbour to send it at all. */
const DISCARD_PORT = 9;

/**
 * The kernel's network configuration through iproute2 4.20 or newer (`-j` and `-N`), as few processes as it takes:
 * one for IPv4, one more where IPv6 is asked for.
 */
export function createPolicyRouting(remainingMs: () => number): PolicyRouting {
  const ip: Ip = (args, input) =>
    run('ip', args, {
      timeoutMs: Math.min(IP_TIMEOUT_MS, remainingMs()),
      ...(input === undefined ? {} : { input }),
    });
  return {
    read: async (table, families) => merge(families.map((family) => readFamily(ip, table, family))),
    apply: async (changes) => {
      ignoreRouterAdvertisements(changes);
      const refusals: string[] = [];
      for (const batch of batches(changes)) refusals.push(...applyBatch(ip, batch));
      if (refusals.length > 0)
        throw new AgentError('transient', `the kernel refused: ${refusals.join('; ')}`);
    },
    solicit: async (neighbour, source, device) => {
      await sendDatagram(neighbour, source);
      // Refused where the datagram has already made the kernel ask; both end in an answer or in none.
      ip(['neigh', 'change', neighbour, 'dev', device, 'nud', 'probe']);
    },
    neighbour: async (neighbour, device) => {
      const { stdout } = ip(['-j', 'neigh', 'show', 'to', neighbour, 'dev', device]);
      const states = parseAnswers(stdout).flatMap((answer) => answer.flatMap((item) => item['state'] ?? []));
      return neighbourState(states);
    },
  };
}

type Ip = (args: readonly string[], input?: string) => Ran;

function readFamily(ip: Ip, table: number, family: Family): Kernel {
  // IPv4 is what ip means where nothing is said; said so, it would hide IPv6 addresses and devices without one.
  const commands = [...(family === 'ipv4' ? ['address show'] : []), 'rule show', `route show table ${table}`];
  const { exitCode, stdout, stderr } = ip(
    [...(family === 'ipv4' ? [] : ['-6']), '-N', '-j', '-force', '-batch', '-'],
    `${commands.join('\n')}\n`,
  );
  if (/Option "-[Nj]+" is unknown/.test(stderr)) {
    throw new AgentError('tool', "this node's 'ip' does not know -j and -N; install iproute2 4.20 or newer");
  }
  const answers = parseAnswers(stdout);
  // A table that has never had a route does not exist, which some versions of iproute2 call an error.
  const tableIsMissing = answers.length === commands.length - 1 && /table does not exist/.test(stderr);
  if (!tableIsMissing && (exitCode !== 0 || answers.length !== commands.length)) {
    throw new AgentError(
      'transient',
      `'ip' could not show ${commands.join(', ')}: ${stderr.trim() || `exit code ${exitCode}`}`,
    );
  }
  const [devices, rules, routes = []] = family === 'ipv4' ? answers : [[], ...answers];
  return {
    devices: (devices ?? []).flatMap(deviceOf),
    rules: (rules ?? []).flatMap(ruleOf),
    routes: routes.flatMap((item) => routeOf(item, family)),
  };
}

function merge(parts: readonly Kernel[]): Kernel {
  return {
    devices: parts.flatMap(({ devices }) => devices),
    rules: parts.flatMap(({ rules }) => rules),
    routes: parts.flatMap(({ routes }) => routes),
  };
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

function applyBatch(ip: Ip, { family, changes }: Batch): readonly string[] {
  const input = `${changes.map(lineOf).join('\n')}\n`;
  const { exitCode, stderr } = ip([...(family === 'ipv6' ? ['-6'] : []), '-force', '-batch', '-'], input);
  if (exitCode === 0) return [];
  const refusals = [...stderr.slice(0, READ_LENGTH).matchAll(/([\s\S]*?)Command failed -:(\d+)\n?/g)].flatMap(
    ([, words = '', line]) => {
      const change = changes[Number(line) - 1];
      if (change === undefined || isAlreadySo(change, words)) return [];
      return [`'ip ${lineOf(change)}': ${words.trim().replaceAll('\n', ', ')}`];
    },
  );
  return refusals.length === 0 && !/Command failed -:\d+/.test(stderr)
    ? [stderr.trim() || `ip: exit code ${exitCode}`]
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

function neighbourState(states: readonly unknown[]): NeighbourState {
  if (states.includes('REACHABLE') || states.includes('PERMANENT')) return 'reachable';
  return states.includes('FAILED') ? 'failed' : 'unsure';
}

async function sendDatagram(to: IpAddress, source: IpAddress): Promise<void> {
  // Loaded here, for only check level 20 sends anything.
  const { createSocket } = await import('node:dgram');
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    const fail = (error: Error): void => {
      socket.close();
      reject(
        new AgentError('transient', `could not send from ${source} to ${to}: ${error.message}`, {
          cause: error,
        }),
      );
    };
    socket.once('error', fail);
    socket.bind({ address: source, port: 0 }, () => {
      socket.send('', DISCARD_PORT, to, (error) => {
        if (error !== null) return fail(error);
        socket.close(() => resolve());
        return undefined;
      });
    });
  });
}
