import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { enter } from '../../sandbox/machines/enter.ts';
import { run } from '../../sandbox/network/run.ts';
import type { Image } from '../image/image.ts';
import { imageIn } from '../image/image.ts';
import type { Hardware } from './guest-command.ts';
import { guestCommand, LAST_SLOT, slotOf } from './guest-command.ts';
import { installAgent } from './install-agent.ts';
import { choosesKvm } from './kvm.ts';
import type { MachineOptions } from './machine-options.ts';
import type { Qmp } from './qmp.ts';
import { connectQmp } from './qmp.ts';
import { ensureState, savedState } from './saved-state.ts';
import { removeTap, splice, tapOf } from './splice.ts';
import type { SshMaster } from './ssh.ts';
import { connectSsh } from './ssh.ts';

/** A virtual machine behind a node of the sandbox, whose network namespace is the machine's port. */
export interface Guest {
  /** Plugs the device in whose cable is in the namespace; the guest hears of it in its own time. */
  plug(mac: string): Promise<void>;
  /** @param isHung the guest will not answer: returns without waiting for it to let go */
  unplug(mac: string, isHung: boolean): Promise<void>;
  /** Lets the machine run, if it does not yet, and returns when commands can be run in it. */
  up(): Promise<void>;
  /** Returns when the machine is up again after it was reset since it was last up. */
  restarted(): Promise<void>;
  /** To be called when the machine has lost its power. */
  disconnect(): Promise<void>;
}

export interface GuestPlan {
  /** A process in the port's namespaces: the guest ends with it. */
  readonly pid: number;
  readonly hostname: string;
  /** The guest's own interface, whose cable is in the namespace. */
  readonly own: { readonly mac: string; readonly address: string; readonly router: string };
  /** Directory for what the machine keeps while it is off. */
  readonly disk: string;
  /** Where commands are to be sent. */
  readonly socket: string;
  readonly options: MachineOptions;
}

/** A guest that has been told to let go of a device and is not hung does so within this time, however busy. */
const UNPLUG_TIMEOUT_MS = 120_000;
/** Characters of the console in a complaint. */
const CONSOLE_TAIL = 2_000;
const DEFAULTS = { hotplug: 'acpi', memoryMiB: 1_024, processors: 1 } as const;

/**
 * What is on its disk decides how it starts: with nothing there, from a state in which all have just booted (which is
 * made if it is not there), otherwise by a boot.
 */
export async function startGuest(plan: GuestPlan): Promise<Guest> {
  const image = imageIn(plan.options.image);
  const hardware = await hardwareOf(plan, image);
  const disk = `${plan.disk}/disk.qcow2`;
  await splice(plan.pid, plan.own.mac);
  let memory: string | undefined;
  if (!existsSync(disk)) {
    const saved = savedState(image, hardware);
    await ensureState(image, saved, async (firstDisk) => {
      const first = await runQemu(plan, image, hardware, firstDisk, undefined);
      await first.guest.up();
      return first;
    });
    await run(['qemu-img', 'create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', saved.disk, disk]);
    memory = saved.memory;
  }
  const { guest, qmp, ssh } = await runQemu(plan, image, hardware, disk, memory);
  if (memory === undefined) return guest;
  const { agent } = plan.options;
  let isInstalled = false;
  return {
    ...guest,
    up: async () => {
      await guest.up();
      if (isInstalled) return;
      await installAgent(agent, hardware.hotplug, { qmp, ssh: ssh() });
      isInstalled = true;
    },
  };
}

async function hardwareOf({ own, hostname, options }: GuestPlan, image: Image): Promise<Hardware> {
  const { hotplug, memoryMiB, processors } = { ...DEFAULTS, ...options };
  const parameters = [
    'console=ttyS0 root=/dev/vda rw quiet',
    // What takes a second or more of an emulated boot, and means nothing here.
    'mitigations=off cryptomgr.notests',
    `systemd.hostname=${hostname} own=${own.mac},${own.address},${own.router}`,
    options.kernelParameters ?? '',
  ];
  const version = await run(['qemu-system-x86_64', '--version']);
  return {
    version,
    accelerator: (await choosesKvm(image, version)) ? 'kvm' : 'tcg',
    hotplug,
    memoryMiB,
    processors,
    kernelParameters: parameters.join(' ').trim(),
    mac: own.mac,
  };
}

export interface RunningQemu {
  readonly guest: Guest;
  readonly qmp: Qmp;
  readonly ssh: () => SshMaster;
  /** Ends the machine, and returns when QEMU is gone. */
  quit(): Promise<void>;
}

async function runQemu(
  { pid, own, disk: directory, socket }: GuestPlan,
  image: Image,
  hardware: Hardware,
  disk: string,
  memory: string | undefined,
): Promise<RunningQemu> {
  const console = `${directory}/console.log`;
  const [file, ...args] = enter(pid, guestCommand({ image, hardware, disk, console, memory }));
  const qemu = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let complaints = '';
  qemu.stderr.on('data', (text: Buffer) => {
    complaints += text.toString();
  });
  // Written to after QEMU's end, it says so; so does `ended`.
  qemu.stdin.on('error', () => {});
  const exited = once(qemu, 'exit');
  const ended = exited.then(([code, signal]) => `${signal ?? `exit code ${code}`} ${complaints}`);
  const gone = ended.then((reason) => {
    throw new Error(`the machine has ended: ${reason}`);
  });
  gone.catch(() => {});
  const qmp = await connectQmp(qemu.stdin, qemu.stdout, ended);
  if (memory !== undefined) await untilLoaded(qmp);

  const slots = new Map<string, number>();
  let ssh: SshMaster | undefined;
  let resets = 0;
  let resetsSeen = 0;
  qmp.each(({ event }) => {
    if (event === 'RESET') resets += 1;
  });

  const up = async (): Promise<void> => {
    if (ssh !== undefined) return;
    await qmp.call('cont');
    ssh = await connectSsh(own.address.replace(/\/\d+$/, ''), image.key, socket, gone).catch((error) => {
      throw new Error(`${error.message}; the end of ${console}:\n${tailOf(console)}`, { cause: error });
    });
    // A state that was saved has the time of then.
    await ssh.run(`date --set=@${(Date.now() / 1000).toFixed(3)} > /run/date-set`);
    await ssh.run('systemctl is-system-running --wait > /run/booted || true');
    resetsSeen = resets;
  };
  const disconnect = async (): Promise<void> => {
    await ssh?.close();
    ssh = undefined;
  };
  const guest: Guest = {
    plug: async (mac) => {
      await splice(pid, mac);
      const taken = [...slots.values()];
      const slot = Array.from({ length: LAST_SLOT }, (_, index) => index).find((one) => !taken.includes(one));
      if (slot === undefined) throw new Error(`no slot is free for ${mac}`);
      slots.set(mac, slot);
      const [id, netdev] = [deviceId(mac), `net${deviceId(mac)}`];
      await qmp.call('netdev_add', {
        type: 'tap',
        id: netdev,
        ifname: tapOf(mac),
        script: 'no',
        downscript: 'no',
      });
      const model = { driver: 'virtio-net-pci', romfile: '' };
      await qmp.call('device_add', { ...model, id, netdev, mac, ...slotOf(hardware.hotplug, slot) });
    },
    unplug: async (mac, isHung) => {
      const id = deviceId(mac);
      const released = qmp.next(({ event, data }) => event === 'DEVICE_DELETED' && data?.['device'] === id);
      // Nobody waits for it where the guest is hung, or the order fails.
      released.catch(() => {});
      await qmp.call('device_del', { id });
      if (isHung) return;
      await within(UNPLUG_TIMEOUT_MS, released, `the guest does not let go of ${mac}`);
      slots.delete(mac);
      await qmp.call('netdev_del', { id: `net${id}` });
      await removeTap(pid, mac);
    },
    up,
    restarted: async () => {
      while (resets === resetsSeen) await qmp.next(({ event }) => event === 'RESET');
      await disconnect();
      await up();
    },
    disconnect,
  };
  return {
    guest,
    qmp,
    ssh: () => {
      if (ssh === undefined) throw new Error('the machine is not up');
      return ssh;
    },
    quit: async () => {
      await disconnect();
      await qmp.call('quit');
      await exited;
    },
  };
}

/** The last that the machine has said, as far as it has said anything. */
function tailOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').slice(-CONSOLE_TAIL) : '';
}

/** With `-S`, a machine stands still once its state is loaded. */
async function untilLoaded(qmp: Qmp): Promise<void> {
  for (;;) {
    const { status } = (await qmp.call('query-status')) as { readonly status: string };
    if (status !== 'inmigrate') return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function deviceId(mac: string): string {
  return `eni${mac.replaceAll(':', '')}`;
}

async function within<T>(timeoutMs: number, work: Promise<T>, problem: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${problem} within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
