import type { SandboxNode } from '../sandbox/sandbox.ts';

/** A node's network as people look at it, text for text. */
export interface NodeNetwork {
  readonly rules: string;
  readonly ipv6Rules: string;
  readonly routes: string;
  readonly ipv6Routes: string;
  readonly addresses: string;
}

export async function readNetwork(node: SandboxNode): Promise<NodeNetwork> {
  const ip = async (...args: readonly string[]): Promise<string> => (await node.exec('ip', args)).stdout;
  return {
    rules: await ip('rule', 'show'),
    ipv6Rules: await ip('-6', 'rule', 'show'),
    routes: withoutLinkLocal(await ip('route', 'show', 'table', 'all')),
    ipv6Routes: withoutLinkLocal(await ip('-6', 'route', 'show', 'table', 'all')),
    // Without what passes by itself: lifetimes, and the check of a link-local address.
    addresses: (await ip('address', 'show'))
      .replaceAll(/^\s+valid_lft.*$/gm, '')
      .replaceAll(/ tentative/g, ''),
  };
}

/** The kernel adds these some time after a link came up, when it has checked the address. */
function withoutLinkLocal(routes: string): string {
  return routes.replaceAll(/^local fe80:.*\n?/gm, '');
}

/** Name of the device with this MAC; empty when there is none. */
export async function deviceOf(node: SandboxNode, mac: string): Promise<string> {
  const { stdout } = await node.exec('ip', ['-o', 'link', 'show']);
  const line = stdout.split('\n').find((one) => one.includes(mac)) ?? '';
  return /^\d+: ([^:@]+)/.exec(line)?.[1] ?? '';
}
