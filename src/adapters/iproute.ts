import type { Family, IpAddress } from '../core/address.ts';
import { AgentError } from '../core/failure.ts';
import type { Kernel } from '../core/kernel.ts';
import type { NeighbourState, PolicyRouting } from '../ports/agent.ts';
import { applyChanges } from './apply-changes.ts';
import { deviceOf, parseAnswers, routeOf, ruleOf } from './ip-output.ts';
import type { Ip } from './ip-program.ts';
import { createIp } from './ip-program.ts';
import { neighbourWordsIn } from './ip-text.ts';
import { lacksFamily, lacksOption, readAsText } from './iproute-as-text.ts';

/** Discard: nobody answers there, and nobody needs to: the kernel asks for the neighbour to send it at all. */
const DISCARD_PORT = 9;

/**
 * The kernel's network configuration through iproute2, as few processes as it takes: one for IPv4, one more where IPv6
 * is asked for. A version before 5.3, which knows no `-j` or `-N`, is noticed by its refusal and then read as text.
 */
export function createPolicyRouting(remainingMs: () => number): PolicyRouting {
  const ip = createIp(remainingMs);
  let asText = false;
  const readOne = (table: number, family: Family): Kernel => {
    const kernel = asText ? undefined : readFamily(ip, table, family);
    asText = kernel === undefined;
    return kernel ?? readAsText(ip, table, family);
  };
  return {
    read: async (table, families) => merge(families.map((family) => readOne(table, family))),
    apply: async (changes) => {
      const applied = applyChanges(ip, changes, asText);
      asText = applied.asText;
      return applied.unmet;
    },
    defaultDevices: async () => {
      // Loaded here, for only what changes something asks for it.
      const { readDefaultDevices } = await import('./default-devices.ts');
      return readDefaultDevices(ip, asText);
    },
    solicit: async (neighbour, source, device) => {
      await sendDatagram(neighbour, source);
      // Refused where the datagram has already made the kernel ask; both end in an answer or in none.
      ip.change(['neigh', 'change', neighbour, 'dev', device, 'nud', 'probe']);
    },
    neighbour: async (neighbour, device) => {
      const command = ['neigh', 'show', 'to', neighbour, 'dev', device];
      const ran = ip.find(asText ? command : ['-j', ...command]);
      if (!asText && !lacksOption(ran)) {
        const answers = parseAnswers(ran.stdout);
        return neighbourState(answers.flatMap((answer) => answer.flatMap((item) => item['state'] ?? [])));
      }
      const { stdout } = asText ? ran : ip.find(command);
      asText = true;
      return neighbourState(neighbourWordsIn(stdout));
    },
  };
}

/** Nothing where ip knows no JSON. */
function readFamily(ip: Ip, table: number, family: Family): Kernel | undefined {
  // IPv4 is what ip means where nothing is said; said so, it would hide IPv6 addresses and devices without one.
  const commands = [...(family === 'ipv4' ? ['address show'] : []), 'rule show', `route show table ${table}`];
  const ran = ip.look(
    // Without details the protocol `kernel` of a rule looks like none.
    [...(family === 'ipv4' ? [] : ['-6']), '-N', '-j', '-d', '-force', '-batch', '-'],
    `${commands.join('\n')}\n`,
  );
  if (lacksOption(ran)) return undefined;
  // Not so IPv4, which every node of AWS has: without it nothing could be told.
  if (family === 'ipv6' && lacksFamily(ran)) return { devices: [], rules: [], routes: [] };
  const { exitCode, stdout, stderr } = ran;
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
