import type { Image } from '../image/image.ts';
import { tapOf } from './splice.ts';

/** How the devices that come and go are plugged: it decides who asks the guest, and how long it may take its time. */
export type Hotplug =
  /** By ACPI: the guest lets go of a device as soon as its kernel has. */
  | 'acpi'
  /** By PCI Express' attention button: the guest waits 5 s, in which a second press would cancel the first. */
  | 'pcie';

/** What a machine is, whatever it is doing. */
export interface Hardware {
  /** QEMU's version, in its own words: a state that one has saved need not fit to another. */
  readonly version: string;
  readonly accelerator: Accelerator;
  readonly hotplug: Hotplug;
  readonly memoryMiB: number;
  readonly processors: number;
  readonly kernelParameters: string;
  /** Of its own interface. */
  readonly mac: string;
}

/** `tcg` is QEMU's own emulation. */
type Accelerator = 'kvm' | 'tcg';

/** Slots for devices that come and go. */
const SLOTS = 6;
export const LAST_SLOT = SLOTS - 1;

/** As on a machine of EC2, the first interface is called ens5 by its slot. */
const OWN_SLOT = 5;

/** What a saved state fits to, and so all that the guest can see. */
export function hardwareArguments(hardware: Hardware): readonly string[] {
  const { accelerator, hotplug, memoryMiB, processors, kernelParameters, mac } = hardware;
  const isExpress = hotplug === 'pcie';
  const acceleration = accelerator === 'kvm' ? ['kvm', 'host'] : ['tcg,thread=multi', 'max'];
  return [
    '-nodefaults',
    '-no-user-config',
    ...['-display', 'none'],
    ...['-machine', isExpress ? 'q35' : 'pc'],
    ...(isExpress ? ['-global', 'ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off'] : []),
    ...['-accel', acceleration[0] ?? '', '-cpu', acceleration[1] ?? ''],
    ...['-m', `${memoryMiB}`, '-smp', `${processors}`],
    ...['-append', kernelParameters],
    ...['-device', 'virtio-blk-pci,drive=disk,addr=3'],
    ...['-device', `virtio-net-pci,netdev=own,mac=${mac},addr=${OWN_SLOT},romfile=`],
    ...(isExpress
      ? Array.from({ length: SLOTS }, (_, index) => [
          '-device',
          `pcie-root-port,id=port${index},chassis=${index + 1},slot=${index + 1},addr=${(OWN_SLOT + 1 + index).toString(16)}`,
        ]).flat()
      : []),
  ];
}

export interface Start {
  readonly image: Image;
  readonly hardware: Hardware;
  /** A qcow2 file. */
  readonly disk: string;
  /** File for what the guest writes to its serial console. */
  readonly console: string;
  /** File with a saved state to go on from; without it, the machine boots. */
  readonly memory: string | undefined;
}

/** QEMU, paused until it is told to go on, with QMP on its standard streams. */
export function guestCommand({ image, hardware, disk, console, memory }: Start): readonly string[] {
  return [
    'qemu-system-x86_64',
    ...hardwareArguments(hardware),
    ...['-kernel', image.kernel, '-initrd', image.initrd],
    ...['-drive', `id=disk,if=none,format=qcow2,cache=unsafe,file=${disk}`],
    ...['-netdev', `tap,id=own,ifname=${tapOf(hardware.mac)},script=no,downscript=no`],
    ...['-chardev', `file,id=console,path=${console},append=on`, '-serial', 'chardev:console'],
    ...['-chardev', 'stdio,id=control,signal=off', '-mon', 'chardev=control,mode=control'],
    '-S',
    ...(memory === undefined ? [] : ['-incoming', `exec:cat ${memory}`]),
  ];
}

/** Where a device that comes is to be plugged. @param index how many came before */
export function slotOf(hotplug: Hotplug, index: number): Readonly<Record<string, string>> {
  if (hotplug === 'acpi') return { addr: `0x${(OWN_SLOT + 1 + index).toString(16)}` };
  return { bus: `port${index}` };
}
