import { run } from './run.ts';
import { IPV6_ROUTER } from './start-router.ts';

/** What an instance's own interface gets by DHCP: addresses with prefix length, and the router of its subnet. */
export interface OwnConfiguration {
  readonly addresses: readonly string[];
  readonly router: string;
}

export async function configureOwn(pid: number, { addresses, router }: OwnConfiguration): Promise<void> {
  const ipv6 = addresses.some((address) => address.includes(':'));
  const commands = [
    'link set eth0 up',
    ...addresses.map((address) => `address add ${address} dev eth0${address.includes(':') ? ' nodad' : ''}`),
    `route add default via ${router} dev eth0`,
    ...(ipv6 ? [`route add default via ${IPV6_ROUTER} dev eth0`] : []),
  ];
  await run([...inNetworkOf(pid), 'ip', '-batch', '-'], `${commands.join('\n')}\n`);
}

/** @param names the first one free is taken; with none, the device keeps its name */
export async function renameDevice(pid: number, from: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const refused = await run([...inNetworkOf(pid), 'ip', 'link', 'set', from, 'name', name]).then(
      () => '',
      (error: unknown) => String(error),
    );
    if (refused === '') return;
    if (!refused.includes('File exists')) throw new Error(refused);
  }
}

function inNetworkOf(pid: number): readonly ['nsenter', ...string[]] {
  return ['nsenter', '-t', `${pid}`, '-n', '--'];
}
