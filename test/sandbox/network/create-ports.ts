import type { AddressGuard, Identity } from './address-guard.ts';
import { run } from './run.ts';
import { MTU } from './start-router.ts';

/** Where a device goes: into a machine's network namespace, wired to a subnet's bridge. */
interface Socket {
  /** A process of the machine, as seen from outside. */
  readonly pid: number;
  readonly bridge: string;
}

/** The VPC's ends of all cables. */
export interface Ports {
  /** @param names the first one free in the machine is taken. @param mtu of the machine's end; else the VPC's. @returns the name */
  plug(identity: Identity, socket: Socket, names: readonly string[], mtu?: number): Promise<string>;
  /** Takes the device away; succeeds also where its machine's end has taken it along. */
  unplug(mac: string): Promise<void>;
}

export function createPorts(guard: AddressGuard): Ports {
  return {
    plug: async (identity, { pid, bridge }, names, mtu = MTU) => {
      const port = portOf(identity.mac);
      await guard.admit(port, identity);
      for (const name of names) {
        if (await added({ name, mac: identity.mac, mtu }, port, pid)) {
          await run(['ip', 'link', 'set', port, 'addrgenmode', 'none', 'master', bridge, 'up']);
          return name;
        }
      }
      throw new Error(`no name free for ${identity.owner} in the machine: ${names.join(', ')}`);
    },
    unplug: async (mac) => {
      const port = portOf(mac);
      await run(['ip', 'link', 'delete', port]).catch((error: unknown) => {
        if (!String(error).includes('Cannot find device')) throw error;
      });
      await guard.forget(port);
    },
  };
}

/** Also what the port's nft chain is called. */
function portOf(mac: string): string {
  return `p${mac.replaceAll(':', '')}`;
}

interface NewDevice {
  readonly name: string;
  readonly mac: string;
  readonly mtu: number;
}

async function added({ name, mac, mtu }: NewDevice, port: string, pid: number): Promise<boolean> {
  const device = ['name', name, 'address', mac, 'mtu', `${mtu}`, 'netns', `${pid}`];
  const peer = ['peer', 'name', port, 'mtu', `${MTU}`];
  try {
    await run(['ip', 'link', 'add', ...device, 'type', 'veth', ...peer]);
    return true;
  } catch (error) {
    if (String(error).includes('File exists')) return false;
    throw error;
  }
}
