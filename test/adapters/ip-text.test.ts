import { describe, expect, test } from 'vitest';
import { devicesIn, neighbourWordsIn, routesIn, rulesIn } from '../../src/adapters/ip-text.ts';

const LO =
  '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1\\    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00';
const ETH1 =
  '3: eth1@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 9001 qdisc mq state UP mode DEFAULT group default qlen 1000\\    link/ether 02:00:0a:02:00:0A brd ff:ff:ff:ff:ff:ff link-netnsid 0';

/** Words that only a text can have: 77 is what nobody has named. */
const tableNumber = (shown: string): number | undefined =>
  ({ MYHA: 100, '100': 100, main: 254, '77': 77 })[shown];

describe('devices', () => {
  test.each([
    [ETH1, { name: 'eth1', ifindex: 3, mac: '02:00:0a:02:00:0a', up: true, carrier: true, mtu: 9_001 }],
    [
      '4: ens6: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc mq state DOWN mode DEFAULT group default qlen 1000\\    link/ether 02:00:0a:02:00:0b brd ff:ff:ff:ff:ff:ff\\    alias 9: lo: <UP>',
      { name: 'ens6', ifindex: 4, mac: '02:00:0a:02:00:0b', up: true, carrier: false, mtu: 1_500 },
    ],
    [
      '5: sit0@NONE: <NOARP> mtu 1480 qdisc noop state DOWN mode DEFAULT group default qlen 1\\    link/sit 0.0.0.0 brd 0.0.0.0',
      { name: 'sit0', ifindex: 5, mac: undefined, up: false, carrier: false, mtu: 1_480 },
    ],
    [
      '6: tun0: <POINTOPOINT,MULTICAST,NOARP,UP,LOWER_UP> mtu 1500 qdisc fq state UP mode DEFAULT group default qlen 100\\    link/none ',
      { name: 'tun0', ifindex: 6, mac: undefined, up: true, carrier: true, mtu: 1_500 },
    ],
    [
      '7: eth0.5@eth0: <> mtu 1500 qdisc noop state DOWN mode DEFAULT group default \\    link/ether 02:00:0a:02:00:0c brd ff:ff:ff:ff:ff:ff',
      { name: 'eth0.5', ifindex: 7, mac: '02:00:0a:02:00:0c', up: false, carrier: false, mtu: 1_500 },
    ],
  ])('%s', (line, device) => {
    expect(devicesIn(`${line}\n`, '')).toEqual([{ ...device, addresses: [] }]);
  });

  test.each([
    ['promiscuity 0 minmtu 68 maxmtu 65535 addrgenmode eui64 numtxqueues 1', {}],
    [
      'promiscuity 0 \\    vlan protocol 802.1Q id 5 <REORDER_HDR> addrgenmode eui64 numtxqueues 1',
      { kind: 'vlan' },
    ],
    ['promiscuity 0 \\    macvlan mode vepa bcqueuelen 1000 addrgenmode eui64', { kind: 'macvlan' }],
    ['promiscuity 1 \\    bridge_slave state forwarding priority 32 cost 2 hairpin off', {}],
    ['promiscuity 1 \\    veth \\    bridge_slave state forwarding priority 32 cost 2', { kind: 'veth' }],
    [
      'permaddr 02:00:0A:02:00:99 promiscuity 1 \\    bond_slave state ACTIVE',
      { permanentMac: '02:00:0a:02:00:99' },
    ],
    ['promiscuity 0 \\    alias vlan', {}],
  ])('with the details %s', (details, more) => {
    expect(devicesIn(`${ETH1} ${details}\n`, '')).toEqual([
      {
        name: 'eth1',
        ifindex: 3,
        mac: '02:00:0a:02:00:0a',
        up: true,
        carrier: true,
        mtu: 9_001,
        addresses: [],
        ...more,
      },
    ]);
  });

  test('without an MTU, or with one that is no number, has none', () => {
    for (const words of ['qdisc mq', 'mtu much qdisc mq', 'mtu'])
      expect(devicesIn(`${ETH1.replace('mtu 9001 qdisc mq', words)}\n`, '')[0]).toMatchObject({
        name: 'eth1',
        mtu: undefined,
      });
  });

  test.each([
    [
      '3: eth1    inet 10.2.0.10/24 scope global noprefixroute eth1\\       valid_lft forever',
      '10.2.0.10',
      24,
    ],
    ['3: eth1    inet 10.2.0.10/24 brd 10.2.0.255 scope global secondary eth1:1\\', '10.2.0.10', 24],
    ['3: eth1    inet 10.2.0.10 peer 10.3.0.1/30 scope global eth1\\', '10.2.0.10', 30],
    ['3: eth1    inet6 fd00:2::10/64 scope global tentative \\       valid_lft forever', 'fd00:2::10', 64],
    ['3: eth1    inet6 fd00:2::10 peer fd00:3::1/128 scope global \\', 'fd00:2::10', 128],
  ])('%s', (line, address, prefixLength) => {
    const devices = devicesIn(`${LO}\n${ETH1}\n`, `1: lo    inet 127.0.0.1/8 scope host lo\\\n${line}\n`);
    expect(devices.map(({ name, addresses }) => [name, addresses])).toEqual([
      ['lo', [{ address: '127.0.0.1', prefixLength: 8 }]],
      ['eth1', [{ address, prefixLength }]],
    ]);
  });

  test('an address of another family, or of a device that has just gone, is nobody’s', () => {
    const addresses =
      '3: eth1    family 29 0102 scope global\n9: eth9    inet 10.9.0.1/24 scope global eth9\n';
    expect(devicesIn(ETH1, addresses)[0]?.addresses).toEqual([]);
  });
});

describe('rules', () => {
  const host = { priority: 100, from: '10.2.0.10/32', table: 100 };
  test.each([
    ['100:\tfrom 10.2.0.10 lookup MYHA ', { ...host, protocol: '2' }],
    ['100:\tfrom 10.2.0.10 lookup 100', { ...host, protocol: '2' }],
    ['100:\tfrom 10.2.0.0/24 lookup MYHA ', { ...host, from: '10.2.0.0/24', protocol: '2' }],
    ['100:\tfrom fd00:2::10 lookup MYHA ', { ...host, from: 'fd00:2::10/128', protocol: '2' }],
    ['9:\tfrom 10.2.0.10 lookup main ', { ...host, priority: 9, table: 254, protocol: '2' }],
    ['100:\tfrom 10.2.0.10 lookup MYHA proto static', { ...host, protocol: 'static' }],
    ['100:\tfrom 10.2.0.10 lookup MYHA proto zebra', { ...host, protocol: 'zebra' }],
    ['100:\tfrom 10.2.0.10 lookup MYHA proto some-daemon', host],
  ])('%s', (line, rule) => {
    expect(rulesIn(line, tableNumber)).toEqual([{ rule, plain: true, line }]);
  });

  test.each([
    '100:\tfrom 10.2.0.10 to 10.3.0.0/16 lookup MYHA ',
    '100:\tfrom 10.2.0.10 fwmark 0x7 lookup MYHA ',
    '100:\tfrom 10.2.0.10 iif lo lookup MYHA ',
    '100:\tfrom 10.2.0.10 oif eth9 [detached] lookup MYHA ',
    '100:\tfrom 10.2.0.10 tos 0x10 lookup MYHA ',
    '100:\tfrom 10.2.0.10 uidrange 0-99 lookup MYHA ',
    '100:\tfrom 10.2.0.10 lookup MYHA suppress_prefixlength 0 ',
    '100:\tfrom 10.2.0.10 lookup MYHA realms 3/4 ',
    '100:\tfrom 10.2.0.10 lookup MYHA 4 ',
    '100:\tfrom 10.2.0.10 lookup MYHA proto zebra 4 ',
    '100:\tfrom 10.2.0.10 lookup MYHA map-to 10.9.9.9',
    '100:\tnot from 10.2.0.10 lookup MYHA ',
  ])('is more than priority, source and table: %s', (line) => {
    const rule = { priority: 100, from: '10.2.0.10/32', table: 100 };
    expect(rulesIn(line, tableNumber)).toEqual([
      { rule: expect.objectContaining(rule), plain: false, line: line },
    ]);
  });

  test.each([
    '0:\tfrom all lookup local ',
    '0:\tfrom all lookup nobody-named-this ',
    '100:\tfrom 10.2.0.10 goto 200',
    '100:\tfrom 10.2.0.10 nop',
    '100:\tfrom 10.2.0.10 blackhole',
    '100:\tfrom 10.2.0.10 lookup [l3mdev-table] ',
  ])('is none of a source and a table: %s', (line) => {
    expect(rulesIn(line, tableNumber)).toEqual([]);
  });

  test('a table whose name nobody declares is no other table, and none that could be left out', () => {
    expect(() => rulesIn('100:\tfrom 10.2.0.10 lookup HIS ', tableNumber)).toThrow(
      /^could not tell the number of the routing table in '100: from 10\.2\.0\.10 lookup HIS'/,
    );
  });
});

describe('routes', () => {
  test.each([
    ['default via 10.2.0.1 dev eth1 ', { to: '0.0.0.0/0', device: 'eth1', via: '10.2.0.1' }],
    [
      '10.2.0.0/24 dev eth1  scope link  src 10.2.0.10 ',
      { to: '10.2.0.0/24', device: 'eth1', source: '10.2.0.10' },
    ],
    [
      '10.2.0.9 via 10.2.0.1 dev eth1  proto static  metric 7 onlink ',
      { to: '10.2.0.9/32', device: 'eth1', via: '10.2.0.1' },
    ],
    ['blackhole 10.9.0.0/16 ', { to: '10.9.0.0/16', device: 'blackhole' }],
    ['unreachable default dev lo  metric 4294967295  error -101', { to: '0.0.0.0/0', device: 'lo' }],
    [
      '10.8.0.0/16  proto static \\\tnexthop via 10.2.0.1  dev eth1 weight 1\\\tnexthop via 10.2.0.2  dev eth2 weight 1',
      { to: '10.8.0.0/16', device: 'eth1+eth2' },
    ],
    ['10.7.0.0/16 via inet6 fe80::1 dev eth1 ', { to: '10.7.0.0/16', device: 'eth1' }],
    [
      '10.6.0.0/16 dev src  scope link  src 10.2.0.10 ',
      { to: '10.6.0.0/16', device: 'src', source: '10.2.0.10' },
    ],
    ['10.5.0.0/16 ', { to: '10.5.0.0/16', device: 'unknown' }],
  ])('%s', (line, route) => {
    expect(routesIn(`${line}\n`, 'ipv4')).toEqual([route]);
  });

  test('a default route is of the IP version that was asked for', () => {
    const routes = routesIn(
      'default via fe80:ec2::1 dev eth1  metric 1024 \nfd00:2::/64 dev eth1  pref medium\n',
      'ipv6',
    );
    expect(routes).toEqual([
      { to: '::/0', device: 'eth1', via: 'fe80:ec2::1' },
      { to: 'fd00:2::/64', device: 'eth1' },
    ]);
  });
});

test.each([
  ['10.2.0.1 lladdr 02:00:00:00:00:01 REACHABLE\n', 'REACHABLE'],
  ['10.2.0.1  FAILED\n', 'FAILED'],
  ['10.2.0.1 lladdr 02:00:00:00:00:01 router STALE,PROBE\n', 'PROBE'],
])('a neighbour: %s', (text, word) => {
  expect(neighbourWordsIn(text)).toContain(word);
});

/** Each has something that says that more was meant: to pass over it would be to call it absent. */
test.each([
  ['no link at all', () => devicesIn('', '')],
  ['a link that ends early', () => devicesIn(ETH1.slice(0, 40), '')],
  ['a link without its kind', () => devicesIn(ETH1.slice(0, ETH1.indexOf('link/')), '')],
  ['a link without a number', () => devicesIn(ETH1.slice(3), '')],
  ['a link by another name', () => devicesIn(ETH1.replace('eth1', 'et/h1'), '')],
  ['an address that is none', () => devicesIn(ETH1, '3: eth1    inet 10.2.0.300/24 scope global eth1')],
  ['an address that is too long', () => devicesIn(ETH1, '3: eth1    inet 10.2.0.10/33 scope global eth1')],
  ['an address that ends early', () => devicesIn(ETH1, '3: eth1 ')],
  ['a rule without a priority', () => rulesIn('from 10.2.0.10 lookup MYHA', tableNumber)],
  ['a rule that ends early', () => rulesIn('100:\tfrom 10.2.0.10', tableNumber)],
  ['a rule that ends before the table', () => rulesIn('100:\tfrom 10.2.0.10 lookup', tableNumber)],
  ['a rule of no source', () => rulesIn('100:\tfrom nowhere lookup MYHA', tableNumber)],
  ['a route to nowhere', () => routesIn('nonsense dev eth1', 'ipv4')],
  ['a kind of route without more', () => routesIn('blackhole', 'ipv4')],
  ['a neighbour without an address', () => neighbourWordsIn('nonsense')],
])('is refused: %s', (_, read) => {
  expect(read).toThrow(expect.objectContaining({ kind: 'transient' }));
});
