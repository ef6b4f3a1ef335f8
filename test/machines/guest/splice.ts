import { run } from '../../sandbox/network/run.ts';
import { MTU } from '../../sandbox/network/start-router.ts';

/** The name of a machine's end of a cable, where the machine's namespace is only its port. */
export function cableOf(mac: string): string {
  return `v${mac.replaceAll(':', '')}`;
}

/** The name of the tap that QEMU gives the guest. */
export function tapOf(mac: string): string {
  return `t${mac.replaceAll(':', '')}`;
}

/** Joins cable and tap, frame for frame. @param pid a process in the namespace that has the cable */
export async function splice(pid: number, mac: string): Promise<void> {
  const [cable, tap] = [cableOf(mac), tapOf(mac)];
  await inNetworkOf(pid, 'ip', 'tuntap', 'add', 'name', tap, 'mode', 'tap');
  for (const device of [cable, tap]) {
    await inNetworkOf(pid, 'ip', 'link', 'set', device, 'mtu', `${MTU}`, 'addrgenmode', 'none', 'up');
  }
  for (const [from, to] of [
    [cable, tap],
    [tap, cable],
  ] as const) {
    await inNetworkOf(pid, 'tc', 'qdisc', 'add', 'dev', from, 'ingress');
    const all = ['protocol', 'all', 'parent', 'ffff:', 'u32', 'match', 'u32', '0', '0'];
    const redirect = ['action', 'mirred', 'egress', 'redirect', 'dev', to];
    await inNetworkOf(pid, 'tc', 'filter', 'add', 'dev', from, ...all, ...redirect);
  }
}

/** The cable itself is the VPC's to take away. */
export async function removeTap(pid: number, mac: string): Promise<void> {
  await inNetworkOf(pid, 'ip', 'link', 'delete', tapOf(mac));
}

async function inNetworkOf(pid: number, ...command: readonly string[]): Promise<void> {
  await run(['nsenter', '-t', `${pid}`, '-n', '--', ...command]);
}
