import { mkdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { MachineOptions } from '../machines/guest/machine-options.ts';
import { cableOf } from '../machines/guest/splice.ts';
import { sshSocket } from '../machines/guest/ssh-socket.ts';
import type { Guest } from '../machines/guest/start-guest.ts';
import { startGuest } from '../machines/guest/start-guest.ts';
import { USUAL_DIRECTORIES } from './machines/holder-script.ts';
import { rootFileSystem } from './machines/root-file-system.ts';
import type { Machine } from './machines/start-machine.ts';
import { startMachine } from './machines/start-machine.ts';
import type { AddressGuard } from './network/address-guard.ts';
import { startAddressGuard } from './network/address-guard.ts';
import { createPorts } from './network/create-ports.ts';
import { createDeviceNames, RENAME_AFTER_MS } from './network/device-names.ts';
import { configureOwn, renameDevice } from './network/guest-network.ts';
import type { Neighbour } from './network/start-router.ts';
import { startRouter } from './network/start-router.ts';
import type { MachinePlan, Segment, VpcPlan } from './plan-vpc.ts';
import { planVpc } from './plan-vpc.ts';
import type { RenamePolicy, SandboxOptions } from './sandbox-options.ts';
import type { DeviceEvent, Eni } from './world/world-state.ts';

/** The network and the machines: what the world's device events are done to. */
export interface Vpc {
  readonly plan: VpcPlan;
  readonly guard: AddressGuard;
  /** Process of the machine, as seen from outside; `undefined` while it is off. */
  pidOf(name: MachinePlan['name']): number | undefined;
  start(name: MachinePlan['name']): Promise<void>;
  /** Everything in the machine ends, its devices included. */
  stop(name: MachinePlan['name']): Promise<void>;
  /** @param isHung the guest neither sees what comes nor lets go of what leaves */
  carryOut(event: DeviceEvent, eni: Omit<Eni, 'attachment'> | undefined, isHung: boolean): Promise<void>;
  /** Returns when commands can be run in the machine, which has all its devices by now; at once where it is off. */
  up(name: MachinePlan['name']): Promise<void>;
  /** Returns when the machine, a virtual one, has rebooted by itself and is up. */
  restarted(name: MachinePlan['name']): Promise<void>;
  setRename(policy: RenamePolicy): void;
}

/** What a kernel gives a new device; on AWS, DHCP then sets the VPC's on the node's own. */
const NEW_DEVICE_MTU = 1500;

/**
 * @param disks directory in which each machine gets one that plays its disk
 * @param scratch directory where virtual machines can be reached
 */
export async function startVpc(options: SandboxOptions, disks: string, scratch: string): Promise<Vpc> {
  const plan = planVpc(options);
  const check = options.sourceDestCheck ?? true;
  await startRouter(plan.segments, neighboursOf(plan), check ? 1 : 0);
  const guard = await startAddressGuard(check);
  const ports = createPorts(guard);
  const nextName = createDeviceNames(options.deviceNames);
  const machines = new Map<MachinePlan['name'], Machine>();
  /** Those of the machines that are virtual machines. */
  const guests = new Map<MachinePlan['name'], Guest>();
  /** MAC addresses of the devices that each machine has. */
  const plugged = new Map<MachinePlan['name'], Set<string>>();
  let rename: RenamePolicy = options.rename ?? 'every-third';

  const planOf = (matches: (machine: MachinePlan) => boolean): MachinePlan => {
    const found = plan.machines.find(matches);
    if (found === undefined) throw new Error('no such machine');
    return found;
  };
  const segmentOf = (subnetId: string): Segment => {
    const found = plan.segments.find(({ id }) => id === subnetId);
    if (found === undefined) throw new Error(`no subnet ${subnetId}`);
    return found;
  };
  const runningPid = (name: MachinePlan['name']): number => {
    const machine = machines.get(name);
    if (machine === undefined) throw new Error(`machine ${name} is off`);
    return machine.pid;
  };

  const diskOf = ({ hostname }: MachinePlan): string => `${disks}/${hostname}`;
  const guestOptionsOf = (name: MachinePlan['name']): MachineOptions | undefined =>
    name === 'client' ? undefined : options.nodes?.[name]?.machine;
  const guestOf = (name: MachinePlan['name']): Guest => {
    const guest = guests.get(name);
    if (guest === undefined) throw new Error(`machine ${name} is no virtual machine that is on`);
    return guest;
  };

  const plugOwn = async (machine: MachinePlan): Promise<void> => {
    const { name, mac, subnetId, addresses } = machine;
    const pid = runningPid(name);
    const bare = addresses.map(bareAddress);
    const identity = {
      owner: plan.world.instances.find(({ id }) => id === machine.instanceId)?.own.id ?? name,
      mac,
      ipv4: bare.filter((address) => !address.includes(':')),
      ipv6: bare.filter((address) => address.includes(':')),
    };
    const { bridge, router } = segmentOf(subnetId);
    const guest = guestOptionsOf(name);
    await ports.plug(identity, { pid, bridge }, [guest === undefined ? 'eth0' : cableOf(mac)]);
    plugged.get(name)?.add(mac);
    if (guest === undefined) {
      await configureOwn(pid, { addresses, router });
      return;
    }
    guests.set(
      name,
      await startGuest({
        pid,
        hostname: machine.hostname,
        own: { mac, address: addresses[0] ?? '', router },
        disk: diskOf(machine),
        socket: sshSocket(scratch, name),
        options: guest,
      }),
    );
  };

  const plugService = async (name: MachinePlan['name'], eni: Omit<Eni, 'attachment'>): Promise<void> => {
    const pid = runningPid(name);
    const identity = { owner: eni.id, mac: eni.mac, ipv4: eni.ipv4, ipv6: eni.ipv6 };
    const socket = { pid, bridge: segmentOf(eni.subnetId).bridge };
    if (guestOptionsOf(name) !== undefined) {
      await ports.plug(identity, socket, [cableOf(eni.mac)]);
      plugged.get(name)?.add(eni.mac);
      await guestOf(name).plug(eni.mac);
      return;
    }
    const names = nextName(rename);
    const given = await ports.plug(identity, socket, names.first, NEW_DEVICE_MTU);
    plugged.get(name)?.add(eni.mac);
    if (names.final.length === 0) return;
    await pause(RENAME_AFTER_MS);
    await renameDevice(pid, given, names.final);
  };

  return {
    plan,
    guard,
    pidOf: (name) => machines.get(name)?.pid,
    start: async (name) => {
      const machine = planOf((one) => one.name === name);
      const disk = diskOf(machine);
      await mkdir(disk, { recursive: true });
      const directories = [...USUAL_DIRECTORIES, ...(options.privateDirectories ?? [])];
      const { hostname } = machine;
      const root =
        name === 'client' || options.root === undefined
          ? undefined
          : rootFileSystem(options.root, [scratch, disks]);
      machines.set(
        name,
        await startMachine({ hostname, disk, root, directories, rpFilter: options.rpFilter ?? 1 }),
      );
      plugged.set(name, new Set());
      // An instance's own interface comes as a device event, as each ENI's does.
      if (machine.instanceId === undefined) await plugOwn(machine);
    },
    stop: async (name) => {
      await machines.get(name)?.kill();
      await guests.get(name)?.disconnect();
      machines.delete(name);
      guests.delete(name);
      for (const mac of plugged.get(name) ?? []) await ports.unplug(mac);
      plugged.delete(name);
    },
    carryOut: async ({ is, instanceId, deviceIndex, mac }, eni, isHung) => {
      const machine = planOf((one) => one.instanceId === instanceId);
      // It was stopped since.
      if (!machines.has(machine.name)) return;
      if (is === 'unplug') {
        plugged.get(machine.name)?.delete(mac);
        await guests.get(machine.name)?.unplug(mac, isHung);
        await ports.unplug(mac);
      } else if (deviceIndex === 0) await plugOwn(machine);
      else if (eni !== undefined) await plugService(machine.name, eni);
    },
    up: async (name) => guests.get(name)?.up(),
    restarted: (name) => guestOf(name).restarted(),
    setRename: (policy) => {
      rename = policy;
    },
  };
}

function neighboursOf({ segments, machines, world }: VpcPlan): readonly Neighbour[] {
  const owners = [
    ...machines.map(({ mac, subnetId, addresses }) => ({
      mac,
      subnetId,
      addresses: addresses.map(bareAddress),
    })),
    ...world.enis.map(({ mac, subnetId, ipv4, ipv6 }) => ({ mac, subnetId, addresses: [...ipv4, ...ipv6] })),
  ];
  const bridges = new Map(segments.map(({ id, bridge }) => [id, bridge]));
  return owners.flatMap(({ mac, subnetId, addresses }) => {
    const bridge = bridges.get(subnetId);
    // A subnet of another VPC has no link here.
    return bridge === undefined ? [] : addresses.map((address) => ({ address, mac, bridge }));
  });
}

function bareAddress(withPrefix: string): string {
  return withPrefix.replace(/\/\d+$/, '');
}
