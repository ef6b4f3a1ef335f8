import type { Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { VpcPlan } from '../plan-vpc.ts';
import { MTU } from './start-router.ts';

/** `silent`: nobody answers. */
export type DhcpMode = 'on' | 'silent';

/** EC2's DHCP: each interface gets its first address, its subnet's router and the MTU. */
export interface Dhcp {
  set(mode: DhcpMode): void;
}

interface Lease {
  readonly address: string;
  readonly router: string;
}

/** As long as EC2's. */
const LEASE_SECONDS = 3_600;
const SERVER_PORT = 67;
const CLIENT_PORT = 68;

/** Numbers of DHCP (RFC 2131, 2132). */
const REPLY = 2;
const MAGIC_COOKIE = 0x63825363;
const OPTIONS_OFFSET = 240;
const HARDWARE_ADDRESS = { offset: 28, length: 6 } as const;
const YOUR_ADDRESS_OFFSET = 16;
const OPTION = { mask: 1, router: 3, mtu: 26, lease: 51, type: 53, server: 54, end: 255 } as const;
const TYPE = { discover: 1, offer: 2, request: 3, acknowledge: 5 } as const;

/** Listens in the router's network. Silent until told otherwise. */
export async function serveDhcp(plan: VpcPlan): Promise<Dhcp> {
  const leases = leasesOf(plan);
  let mode: DhcpMode = 'silent';
  const socket: Socket = createSocket('udp4');
  socket.on('message', (request) => {
    if (mode === 'silent') return;
    const mac = macIn(request);
    const lease = leases.get(mac);
    const reply = lease && replyTo(request, lease);
    // Where the address belongs the router knows already: no broadcast is needed to reach it.
    if (lease && reply) socket.send(reply, CLIENT_PORT, lease.address);
  });
  socket.bind(SERVER_PORT);
  await once(socket, 'listening');
  return {
    set: (next) => {
      mode = next;
    },
  };
}

function leasesOf({ segments, machines, world }: VpcPlan): ReadonlyMap<string, Lease> {
  const routers = new Map(segments.map(({ id, router }) => [id, router]));
  const interfaces = [
    ...machines.map(({ mac, subnetId, addresses }) => ({ mac, subnetId, address: addresses[0] ?? '' })),
    ...world.enis.map(({ mac, subnetId, ipv4 }) => ({ mac, subnetId, address: ipv4[0] ?? '' })),
  ];
  return new Map(
    interfaces.map(({ mac, subnetId, address }) => [
      mac,
      { address: address.replace(/\/\d+$/, ''), router: routers.get(subnetId) ?? '' },
    ]),
  );
}

function macIn(request: Buffer): string {
  const { offset, length } = HARDWARE_ADDRESS;
  const bytes = request.subarray(offset, offset + length);
  return (bytes.toString('hex').match(/../g) ?? []).join(':');
}

/** Whichever address is asked for, the answer has the lease's. `undefined`: nothing that wants an answer, such as a release. */
function replyTo(request: Buffer, { address, router }: Lease): Buffer | undefined {
  if (request.length < OPTIONS_OFFSET || request.readUInt32BE(OPTIONS_OFFSET - 4) !== MAGIC_COOKIE)
    return undefined;
  const asked = optionIn(request, OPTION.type)?.[0];
  if (asked !== TYPE.discover && asked !== TYPE.request) return undefined;
  const head = Buffer.from(request.subarray(0, OPTIONS_OFFSET));
  head[0] = REPLY;
  bytesOf(address).copy(head, YOUR_ADDRESS_OFFSET);
  const type = asked === TYPE.discover ? TYPE.offer : TYPE.acknowledge;
  return Buffer.concat([
    head,
    option(OPTION.type, Buffer.from([type])),
    option(OPTION.server, bytesOf(router)),
    option(OPTION.lease, fourBytes(LEASE_SECONDS)),
    option(OPTION.mask, bytesOf('255.255.255.0')),
    option(OPTION.router, bytesOf(router)),
    option(OPTION.mtu, fourBytes(MTU).subarray(2)),
    Buffer.from([OPTION.end]),
  ]);
}

function optionIn(request: Buffer, wanted: number): Buffer | undefined {
  let at = OPTIONS_OFFSET;
  while (at < request.length) {
    const code = request[at];
    if (code === OPTION.end) return undefined;
    // Padding has no length.
    if (code === 0) {
      at += 1;
      continue;
    }
    const length = request[at + 1] ?? 0;
    if (code === wanted) return request.subarray(at + 2, at + 2 + length);
    at += 2 + length;
  }
  return undefined;
}

function option(code: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([code, value.length]), value]);
}

function bytesOf(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}

function fourBytes(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
