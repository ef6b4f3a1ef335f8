import { constants, readFileSync } from 'node:fs';
import { mkdir, open, rename, unlink } from 'node:fs/promises';
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

/** The state of `resource` in `directory`, which must be one that a boot empties. */
export function createStateStore(directory: string, resource: string, log: Log): StateStore {
  const path = stateFilePath(directory, resource);
  return {
    read: async () => {
      const text = await readOwn(path, log);
      return text === undefined ? undefined : parse(text, path, log);
    },
    write: async (state) => {
      const text = `${JSON.stringify({ version: VERSION, bootId: bootId(), ...state }, null, 2)}\n`;
      try {
        await mkdir(directory, { recursive: true, mode: DIRECTORY_MODE });
        await replace(path, text);
      } catch (error) {
        throw new AgentError(
          'transient',
          `could not write the state file ${path}: ${String(error)}; check the file system`,
          { cause: error },
        );
      }
    },
    remove: () => removeIfThere(path),
  };
}

/** One name for each resource, whatever characters its own has. */
export function stateFilePath(directory: string, resource: string): string {
  return `${directory}/aws-eni-${encodeURIComponent(resource).slice(0, 200)}.json`;
}

/** Follows no link and believes no file of another user: the directory may be everybody's. */
async function readOwn(path: string, log: Log): Promise<string | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = await file.stat();
      if (stat.isFile() && (stat.uid === 0 || stat.uid === process.getuid?.()))
        return await file.readFile('utf8');
      log.warn(`${path} is not root's or no file; it is ignored`);
      return undefined;
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    log.warn(`could not read the state file ${path} (${code}); it is ignored`);
    return undefined;
  }
}

/** Either the old state or the new one is there at any moment, also when the node loses power. */
async function replace(path: string, text: string): Promise<void> {
  const fresh = `${path}.new`;
  await removeIfThere(fresh);
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const file = await open(fresh, flags, FILE_MODE);
  try {
    await file.writeFile(text);
  } finally {
    await file.close();
  }
  await rename(fresh, path);
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
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
  return readFileSync(BOOT_ID, 'utf8').trim();
}
