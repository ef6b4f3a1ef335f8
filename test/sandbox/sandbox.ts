import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { guestShell } from '../machines/guest/guest-shell.ts';
import { INSTALLED_AGENT } from '../machines/guest/machine-options.ts';
import { sshSocket } from '../machines/guest/ssh-socket.ts';
import { callControl } from './control/call-control.ts';
import type { Control } from './control/control.ts';
import { dying } from './machines/dying.ts';
import type { MachineShell } from './machines/machine-shell.ts';
import { machineShell } from './machines/machine-shell.ts';
import { BUN, BUN_ENVIRONMENT } from './programs.ts';
import type { SandboxOptions } from './sandbox-options.ts';
import { EC2_ENDPOINT, NODE_A, NODE_B } from './sandbox-options.ts';
import { makeScratchDirectory } from './scratch-directory.ts';

export interface SandboxNode extends MachineShell {
  readonly name: 'a' | 'b';
  readonly instanceId: string;
  /** Of its own interface, in subnet B. */
  readonly address: string;
  /** Where the agent is installed, on a node that does not see this machine's files. */
  readonly agent?: string;
}

/** A VPC in a box. It is gone when the process that started it is, however that ends. */
export interface Sandbox extends Omit<Control, 'pids'> {
  readonly nodes: { readonly a: SandboxNode; readonly b: SandboxNode };
  readonly client: MachineShell;
  /** Where a process of this machine reaches the control, from whatever network: as `callControl` does. */
  readonly controlSocket: string;
  /** What a program on a node is started with, and nothing of the caller's own. */
  environment(node: SandboxNode): Record<string, string>;
  close(): Promise<void>;
}

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Needs root, and nothing else of this machine: no address, name or mount of it changes. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { path: scratch, remove } = await makeScratchDirectory();
  const own = ['--net', '--mount', '--propagation', 'private'];
  const program = [BUN, '--no-env-file', MAIN, scratch, JSON.stringify(options)];
  const [file, ...args] = dying(['unshare', ...own, ...program]);
  const child = spawn(file, args, {
    cwd: scratch,
    env: { PATH, ...BUN_ENVIRONMENT },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (text: Buffer) => {
    complaints += text.toString();
  });
  const exited = once(child, 'exit');
  const controlSocket = join(scratch, 'control');
  const call = callControl(controlSocket);
  const close = async (): Promise<void> => {
    // Asked, for this process may not have heard of the other's end yet.
    const crashed = await call('pids').then(
      () => false,
      () => true,
    );
    child.kill('SIGKILL');
    await exited;
    await remove();
    if (crashed) throw new Error(`the sandbox ended before it was closed: ${complaints}`);
  };
  const ready = once(createInterface(child.stdout), 'line').then(() => true);
  if (!(await Promise.race([ready, exited.then(() => false)]))) {
    await close();
  }
  const shell = (name: 'a' | 'b' | 'client'): MachineShell => {
    const pid = async (): Promise<number> => {
      const found = (await call('pids'))[name];
      if (found === undefined) throw new Error(`machine ${name} is off`);
      return found;
    };
    const isGuest = name !== 'client' && options.nodes?.[name]?.machine !== undefined;
    return isGuest
      ? guestShell(pid, sshSocket(scratch, name), environmentOf())
      : machineShell(pid, environmentOf());
  };
  const node = (name: 'a' | 'b', instanceId: string, host: number): SandboxNode => {
    const prefix = options.nodes?.[name]?.zone === 'other' ? '10.4.0' : '10.1.0';
    const agent = options.nodes?.[name]?.machine === undefined ? {} : { agent: INSTALLED_AGENT };
    return { ...shell(name), ...agent, name, instanceId, address: `${prefix}.${host}` };
  };
  return {
    ...controls(call),
    nodes: { a: node('a', NODE_A, 11), b: node('b', NODE_B, 12) },
    client: shell('client'),
    controlSocket,
    environment: () => environmentOf(),
    close,
  };
}

function environmentOf(): Record<string, string> {
  return { PATH, AWS_ENDPOINT_URL_EC2: `http://${EC2_ENDPOINT.host}:${EC2_ENDPOINT.port}` };
}

function controls(call: ReturnType<typeof callControl>): Omit<Control, 'pids'> {
  return {
    world: () => call('world'),
    requests: () => call('requests'),
    resetRequests: () => call('resetRequests'),
    fault: (rule) => call('fault', rule),
    clearFaults: () => call('clearFaults'),
    held: () => call('held'),
    release: () => call('release'),
    setLatencies: (latencies) => call('setLatencies', latencies),
    setPermissions: (id, permissions) => call('setPermissions', id, permissions),
    edit: (edit) => call('edit', edit),
    hang: (id) => call('hang', id),
    unhang: (id) => call('unhang', id),
    crash: (id) => call('crash', id),
    powerOff: (id) => call('powerOff', id),
    terminate: (id) => call('terminate', id),
    boot: (id) => call('boot', id),
    restarted: (id) => call('restarted', id),
    place: (eniId, to) => call('place', eniId, to),
    setImds: (id, mode) => call('setImds', id, mode),
    setEndpoint: (reach, id) =>
      id === undefined ? call('setEndpoint', reach) : call('setEndpoint', reach, id),
    setIproute2: (id, form) => call('setIproute2', id, form),
    setRename: (policy) => call('setRename', policy),
    setSkew: (ms) => call('setSkew', ms),
    setPaging: (on) => call('setPaging', on),
    expireCredentials: () => call('expireCredentials'),
    setDhcp: (reach) => call('setDhcp', reach),
    drops: () => call('drops'),
    violations: () => call('violations'),
  };
}
