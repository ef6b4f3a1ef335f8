import * as fs from 'node:fs';
import { AgentError } from '../core/failure.ts';
import { isEniId, isMac } from '../core/ids.ts';
import type { Log, State, StateStore } from '../ports.ts';

/** Raised when the shape changes: a state of another version is no state. */
const VERSION = 1;
const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/** Readable by all, for monitoring tools; it holds no secret. */
const FILE_MODE = 0o644;
/** As resource-agents make it: all may put files there, nobody may touch another's. */
const DIRECTORY_MODE = 0o1755;

/**
 * The state of `resource` in `directory`, which must be one that a boot empties. A few hundred
 * bytes of memory, so read and written in place: loading what it takes to wait for them costs a monitor a millisecond.
 */
export function createStateStore(directory: string, resource: string, log: Log): StateStore {
  const path = stateFilePath(directory, resource);
  return {
    read: async () => {
      const text = readOwn(path, log);
      return text === undefined ? undefined : parse(text, path, log);
    },
    write: async (state) => {
      const text = `${JSON.stringify({ version: VERSION, bootId: bootId(), ...state }, null, 2)}\n`;
      try {
        fs.mkdirSync(directory, { recursive: true, mode: DIRECTORY_MODE });
        replace(path, text);
      } catch (error) {
        throw new AgentError(
          'transient',
          `could not write the state file ${path}: ${String(error)}; check the file system`,
          { cause: error },
        );
      }
    },
    remove: async () => removeIfThere(path),
  };
}

/** One name for each resource, whatever characters its own has. */
function stateFilePath(directory: string, resource: string): string {
  return `${directory}/aws-eni-${encodeURIComponent(resource).slice(0, 200)}.json`;
}

/** Follows no link and believes no file of another user: the directory may be everybody's. */
function readOwn(path: string, log: Log): string | undefined {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
  try {
    const fd = fs.openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      const stat = fs.fstatSync(fd);
      if (stat.isFile() && (stat.uid === 0 || stat.uid === process.getuid?.()))
        return fs.readFileSync(fd, 'utf8');
      log.warn(`${path} is not root's or no file; it is ignored`);
      return undefined;
    } finally {
      fs.closeSync(fd);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    log.warn(`could not read the state file ${path} (${code}); it is ignored`);
    return undefined;
  }
}

/** Either the old state or the new one is there at any moment. */
function replace(path: string, text: string): void {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = fs.constants;
  const fresh = `${path}.new`;
  removeIfThere(fresh);
  const fd = fs.openSync(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, FILE_MODE);
  try {
    fs.writeFileSync(fd, text);
  } finally {
    fs.closeSync(fd);
  }
  fs.renameSync(fresh, path);
}

function removeIfThere(path: string): void {
  try {
    fs.unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw new AgentError('transient', `could not remove ${path}: ${String(error)}; remove it by hand`, {
      cause: error,
    });
  }
}

function parse(text: string, path: string, log: Log): State | undefined {
  try {
    const value = JSON.parse(text) as State & { readonly version: unknown; readonly bootId: unknown };
    if (value.version === VERSION && value.bootId === bootId() && isState(value)) return value;
  } catch {
    // Cut off or not ours: said below.
  }
  log.warn(`${path} is of another version or boot, or damaged; it is ignored`);
  return undefined;
}

function isState({ service, instanceId, region, network }: State): boolean {
  return (
    isEniId(service.eniId) &&
    isMac(service.mac) &&
    isListOfText(service.addresses) &&
    isListOfText(service.subnetCidrs) &&
    typeof instanceId === 'string' &&
    typeof region === 'string' &&
    Number.isInteger(network.routingTableId) &&
    Number.isInteger(network.rulePriority) &&
    isListOfText(network.ruleSources)
  );
}

function isListOfText(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function bootId(): string {
  return fs.readFileSync(BOOT_ID, 'utf8').trim();
}
