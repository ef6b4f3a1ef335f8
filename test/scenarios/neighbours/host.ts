import { expect } from 'vitest';
import { startEcho } from '../../sandbox/programs.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { NODE_B } from '../../sandbox/sandbox-options.ts';
import { script } from './distribution.ts';

/** Where nodes and host answer with the name of the machine. */
export const SERVICE_PORT = 7_007;

const HOST = '10.2.0.50';

/** Of a host in the service's subnet. */
export const HOST_ENI = { id: 'eni-0c1b2c3d4e5f60750', ipv4: [HOST] } as const;

/** Node b becomes a host in the service's subnet, which is no node of a cluster; each of both answers at all its addresses. */
export async function startHost({ nodes: { a, b }, place }: Sandbox): Promise<void> {
  await place(HOST_ENI.id, { attachedTo: NODE_B, deviceIndex: 1 });
  await script(
    b,
    `ip link set eth1 up
ip address add ${HOST}/24 dev eth1 noprefixroute
ip route add 10.2.0.0/24 dev eth1 table 200
ip route add default via 10.2.0.1 dev eth1 table 200
ip rule add from ${HOST} lookup 200`,
  );
  await Promise.all([a, b].map((node) => startEcho(node, SERVICE_PORT)));
}

/** Node a's own address is reached from the service's subnet, and reaches it. */
export async function expectOwnTraffic({ nodes: { a, b } }: Sandbox): Promise<void> {
  const ask = (from: string, to: string): string =>
    `curl --silent --max-time 20 --interface ${from} telnet://${to}:${SERVICE_PORT} < /dev/null`;
  expect(await script(b, ask(HOST, a.address))).toBe('node-a');
  expect(await script(a, ask(a.address, HOST))).toBe('node-b');
}
