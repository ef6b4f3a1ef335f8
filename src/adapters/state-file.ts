import { readdirSync } from 'node:fs';
import { parseAddress, parseCidr } from '../core/address.ts';
import { AgentError } from '../core/failure.ts';
import { isEniId, isInstanceId, isMac, isRegion } from '../core/ids.ts';
import { UNNAMED } from '../core/unnamed-resource.ts';
import type { Log, OtherState, State, StateStore } from '../ports/agent.ts';
import { ownPath } from './own-file.ts';
import { readOwn, removeOwn, replaceOwn } from './own-text.ts';
import { bootId } from './process-start.ts';

/** Raised when the shape changes: a state of another version is no state. */
const VERSION = 1;

/**
 * The state of `resource` in `directory`, which must be one that a boot empties. A few hundred
 * bytes of memory, so read and written in place: loading what it takes to wait for them costs a monitor a millisecond.
 */
export function createStateStore(directory: string, resource: string, log: Log): StateStore {
  const path = ownPath(directory, resource, 'json');
  return {
    read: async () => {
      const text = readOwn(path, log);
      return text === undefined ? undefined : parse(text, path, log);
    },
    write: async (state) => {
      const text = `${JSON.stringify({ version: VERSION, bootId: bootId(), ...state }, null, 2)}\n`;
      try {
        replaceOwn(path, text);
      } catch (error) {
        throw new AgentError(
          'transient',
          `could not write the state file ${path}: ${String(error)}; check the file system`,
          { cause: error },
        );
      }
    },
    remove: async () => {
      try {
        removeOwn(path);
      } catch (error) {
        throw new AgentError('transient', `could not remove ${path}: ${String(error)}; remove it by hand`, {
          cause: error,
        });
      }
    },
    others: async () =>
      (resource === UNNAMED ? [] : namesIn(directory)).flatMap((name): readonly OtherState[] => {
        const [, resource] = /^aws-eni-(.+)\.json$/.exec(name) ?? [];
        if (resource === undefined || resource === UNNAMED || `${directory}/${name}` === path) return [];
        const text = readOwn(`${directory}/${name}`, QUIET);
        const state = text === undefined ? undefined : stateIn(text);
        return state === undefined ? [] : [{ resource, state }];
      }),
  };
}

/** What is wrong with the file of another resource is that one's to say. */
const QUIET: Pick<Log, 'warn'> = { warn: () => undefined };

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function parse(text: string, path: string, log: Log): State | undefined {
  const state = stateIn(text);
  if (state === undefined) log.warn(`${path} is of another version or boot, or damaged; it is ignored`);
  return state;
}

/** `undefined`: cut off, of another version or boot, or not ours. */
function stateIn(text: string): State | undefined {
  try {
    const value = JSON.parse(text) as State & { readonly version: unknown; readonly bootId: unknown };
    return value.version === VERSION && value.bootId === bootId() && isState(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Everything in it goes into requests to the kernel and to EC2, so that nothing is believed of it unseen. */
function isState({ service, instanceId, region, network }: State): boolean {
  return (
    isEniId(service.eniId) &&
    isMac(service.mac) &&
    isListOf(service.addresses, isCanonical(parseAddress)) &&
    isListOf(service.subnetCidrs, isCanonical(parseCidr)) &&
    service.addresses.length > 0 &&
    isInstanceId(instanceId) &&
    isRegion(region) &&
    isBetween(network.routingTableId, 1, 2 ** 32 - 1) &&
    isBetween(network.rulePriority, 1, 32_765) &&
    isListOf(network.ruleSources, isCanonical(parseCidr))
  );
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function isCanonical(parse: (text: string) => string | undefined): (item: unknown) => boolean {
  return (item) => typeof item === 'string' && parse(item) === item;
}

function isBetween(value: unknown, min: number, max: number): boolean {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}
