import { existsSync } from 'node:fs';
import type { NetworkSoftware } from './network-software.ts';
import { tell } from './tell.ts';
import { textOf } from './text-of.ts';

const PROGRAMS = ['/usr/sbin/ifdown', '/sbin/ifdown'];

/** Which devices it has configured, one `NAME=STANZA` a line. Source: ifup(8), Files. */
const STATE = '/run/network/ifstate';

/** Debian's ifupdown. A program of udev's rules tells it of each device that appears. */
export const ifupdown: NetworkSoftware = {
  name: 'ifupdown',
  isInstalled: () => PROGRAMS.some((path) => existsSync(path)),
  // It has no daemon: it is at work wherever it has been.
  runs: async () => existsSync(STATE),
  holds: async ({ name }) =>
    textOf(STATE)
      .split('\n')
      .some((line) => line.startsWith(`${name}=`)),
  takeFrom: ({ name }, untilMs) => tell(['ifdown', '--force', name], untilMs),
  obstacle: () => undefined,
};
