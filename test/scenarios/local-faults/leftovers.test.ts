import { afterAll, expect, test } from 'vitest';
import { createStands, violationsOf } from '../faults/stand.ts';
import type { LocalFault } from './try-fault.ts';
import { tryFault } from './try-fault.ts';

const stands = createStands();
afterAll(() => stands.close());

const LOCK = '/run/resource-agents/aws-eni-service-eni.lock';
const TABLES = '/etc/iproute2';
const serves = { exitCode: 0, leaves: 0 } as const;
const stops = { exitCode: 0, leaves: 7 } as const;

/** An ip that shows everything and changes nothing. */
const refusing = (answer: string): Pick<LocalFault, 'begin' | 'end' | 'call'> => ({
  begin: `mkdir /run/ip
    printf '%s\\n' '#!/bin/sh' 'case "$*" in *-j*) exec /usr/sbin/ip "$@" ;; esac' '${answer}' > /run/ip/ip
    chmod 755 /run/ip/ip`,
  end: 'rm -r /run/ip',
  call: { environment: { PATH: '/run/ip:/usr/sbin:/usr/bin' }, timeoutMs: 4_000 },
});

const words = 'Cannot open netlink socket: Too many open files';

const faults: readonly LocalFault[] = [
  {
    name: 'all of /run is read-only, and no lock is there',
    begin: `rm -f ${LOCK}; mount -o remount,ro /run`,
    end: 'mount -o remount,rw /run',
    expected: {
      start: {
        exitCode: 1,
        says: /^ocf-exit-reason:could not use the lock \S+: .*EROFS.*; check that file system$/,
        leaves: 7,
      },
      monitor: serves,
      stop: {
        exitCode: 0,
        says: /could not use the lock .*EROFS.* the stop goes on without a lock\n(?:.*\n)*.*could not remove \S+: .*EROFS.*; remove it by hand$/,
        leaves: 7,
      },
    },
  },
  {
    name: 'all of /run is full',
    begin: 'mount -o remount,size=1m /run; ! cat /dev/zero > /run/filling 2> /dev/null',
    end: 'rm /run/filling; test -z "$(find /run -name "*.new")"',
    expected: {
      start: {
        exitCode: 1,
        says: /^ocf-exit-reason:could not write the state file \S+: .*ENOSPC.*; check the file system$/,
        leaves: 7,
      },
      monitor: serves,
      stop: stops,
    },
  },
  {
    name: '/run can have no more files',
    begin: `rm -f ${LOCK}; mkdir /run/files; mount -o remount,nr_inodes=200 /run
      cd /run/files; ! touch $(seq 200) 2> /dev/null`,
    end: 'rm -r /run/files; mount -o remount,nr_inodes=10000 /run',
    expected: {
      start: {
        exitCode: 1,
        says: /^ocf-exit-reason:could not use the lock \S+: .*ENOSPC.*; check that file system$/,
        leaves: 7,
      },
      monitor: serves,
      stop: {
        exitCode: 0,
        says: /could not use the lock .*ENOSPC.* the stop goes on without a lock$/,
        leaves: 7,
      },
    },
  },
  {
    name: 'the names of routing tables have no room: half a name is left by nobody',
    begin: `mount -t tmpfs -o size=4k tmpfs ${TABLES}; ! cat /dev/zero > ${TABLES}/filling 2> /dev/null`,
    end: `left=$(find ${TABLES} -type f ! -name filling); umount ${TABLES}; test -z "$left"`,
    expected: {
      start: {
        exitCode: 0,
        says: /could not declare routing table MYHA in \S+: .*ENOSPC.*; the table goes by its number 100$/,
        leaves: 0,
      },
      monitor: serves,
      stop: stops,
    },
  },
  {
    name: 'ip fails at every change, slowly and in words of its own: they are the reason, rather than the time',
    ...refusing(`sleep 0.3; echo ${words} >&2; exit 2`),
    expected: {
      start: {
        exitCode: 1,
        says: new RegExp(
          `out of time .* configuring the device of eni-\\w+, after the kernel refused: ${words}`,
        ),
        leaves: 7,
      },
      monitor: serves,
      stop: {
        exitCode: 1,
        says: new RegExp(
          `(?:could not take eni-\\w+ off this node:|out of time .* off this node, after) the kernel refused: ${words}`,
        ),
        leaves: 0,
      },
    },
  },
  {
    name: 'ip says that it has changed what it has not',
    ...refusing('exit 0'),
    expected: {
      start: { exitCode: 1, says: /out of time .* while (?:waiting for|configuring) /, leaves: 7 },
      monitor: serves,
      stop: {
        exitCode: 1,
        says: /out of time|could not take eni-\w+ off this node: it comes back as often as it is taken away/,
        leaves: 0,
      },
    },
  },
];

test.concurrent.for(faults)('$name', (fault) =>
  stands.use(({ sandbox }) => tryFault(sandbox, sandbox.nodes.a, fault)),
);

test('the VPC was asked for nothing that it does not model', async () => {
  expect(await violationsOf(stands)).toEqual([]);
});
