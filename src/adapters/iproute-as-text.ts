import type { Family } from '../core/address.ts';
import { isSameRule } from '../core/assess.ts';
import { AgentError } from '../core/failure.ts';
import type { Change, Kernel, Rule } from '../core/kernel.ts';
import type { Ip } from './ip-program.ts';
import type { ShownRule } from './ip-text.ts';
import { devicesIn, routesIn, rulesIn } from './ip-text.ts';
import { createTableNumbers } from './rt-tables.ts';
import type { Ran } from './run.ts';

/** Source: iproute2, ip.c; versions before 4.13 know neither, those before 5.3 no -N. */
export function lacksOption({ stderr }: Ran): boolean {
  return /Option "-[Nj]+" is unknown/.test(stderr);
}

/**
 * Whether the kernel has no such IP version, as with `ipv6.disable=1`: then it has nothing of it.
 * Source: Linux, EAFNOSUPPORT of rtnetlink's dumps, in glibc's words, which iproute2 prints.
 */
export function lacksFamily({ exitCode, stderr }: Ran): boolean {
  return exitCode !== 0 && /^(?:RTNETLINK answers: )?Address family not supported by protocol$/m.test(stderr);
}

/** The same as the JSON reader's, of an ip that knows no -j or -N: a process for each thing, since text has no ends. */
export function readAsText(ip: Ip, table: number, family: Family): Kernel {
  const rules = readRules(ip, family).filter(({ plain }) => plain);
  return {
    devices:
      family === 'ipv4'
        ? devicesIn(show(ip.look, ['-d', 'link', 'show']), show(ip.look, ['address', 'show']))
        : [],
    rules: rules.map(({ rule }) => rule),
    routes: routesIn(show(ip.find, [optionOf(family), 'route', 'show', 'table', `${table}`]), family),
  };
}

/**
 * The changes without those that such an ip can't say: where no protocol is known, the kernel takes away the first rule
 * of that priority, source and table, also one for marked packets. Each of those is given back with the rule in its way.
 */
export function heldBack(ip: Ip, family: Family, changes: readonly Change[]): ReadonlyMap<Change, string> {
  const held = new Map<Change, string>();
  if (!changes.some((change) => change.do === 'delete-rule')) return held;
  const shown = readRules(ip, family);
  for (const change of changes) {
    const first = change.do === 'delete-rule' ? firstLike(shown, change.rule) : undefined;
    if (first !== undefined && !first.plain) held.set(change, first.line.trim().replaceAll(/\s+/g, ' '));
  }
  return held;
}

function firstLike(shown: readonly ShownRule[], rule: Rule): ShownRule | undefined {
  return shown.find((one) => isSameRule(one.rule, rule));
}

function readRules(ip: Ip, family: Family): readonly ShownRule[] {
  return rulesIn(show(ip.look, [optionOf(family), 'rule', 'show']), createTableNumbers());
}

function optionOf(family: Family): string {
  return family === 'ipv4' ? '-4' : '-6';
}

function show(ask: Ip['look'], args: readonly string[]): string {
  const ran = ask(['-o', ...args]);
  const { exitCode, stdout, stderr } = ran;
  // A table that has never had a route does not exist, which some versions of iproute2 call an error.
  if (exitCode === 0 || /table does not exist/.test(stderr)) return stdout;
  if (args.includes('-6') && lacksFamily(ran)) return '';
  throw new AgentError(
    'transient',
    `'ip' could not show ${args.join(' ')}: ${stderr.trim() || `exit code ${exitCode}`}`,
  );
}
