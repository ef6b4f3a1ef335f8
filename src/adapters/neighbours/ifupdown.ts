import { existsSync, readFileSync } from 'node:fs';
import type { Neighbour, PresentDevice } from './neighbour.ts';
import { tell } from './tell.ts';

const PROGRAMS = ['/usr/sbin/ifdown', '/sbin/ifdown'];

/** Which devices it has configured, one `NAME=STANZA` a line. Source: ifup(8), Files. */
const STATE = '/run/network/ifstate';

/** Debian's ifupdown. A program of udev's rules tells it of each device that appears. */
export const ifupdown: Neighbour = {
  name: 'ifupdown',
  isHere: () => existsSync(STATE) && PROGRAMS.some((path) => existsSync(path)),
  notices: () => [],
  noticePaths: () => [],
  rereadNotices: () => Promise.resolve(),
  holds: isUp,
  takeFrom: ({ name }, patienceMs) => tell(['ifdown', '--force', name], patienceMs),
  deafTo: () => undefined,
};

function isUp({ name }: PresentDevice): boolean {
  try {
    return readFileSync(STATE, 'utf8')
      .split('\n')
      .some((line) => line.startsWith(`${name}=`));
  } catch {
    return false;
  }
}
