import { familyOf, parseAddress, parseCidr } from '../core/address.ts';
import { isEniId } from '../core/ids.ts';
import { withoutUser } from '../core/one-line.ts';
import type { RuleFrom } from '../core/settings.ts';
import { quote } from './quote.ts';

/** What is wrong with a text, in words that end in the next move. */
export interface Problem {
  readonly problem: string;
}

export type Parse<T> = (text: string) => T | Problem;

export function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'problem' in value;
}

function matching<T extends string>(pattern: RegExp, expected: string): Parse<T> {
  return (text) => (pattern.test(text) ? (text as T) : { problem: `${quote(text)} is not ${expected}` });
}

export const eniId: Parse<`eni-${string}`> = (text) =>
  isEniId(text)
    ? text
    : { problem: `${quote(text)} is no ENI id; give it as EC2 prints it, such as eni-0123456789abcdef0` };

export const ipv4: Parse<string> = (text) => {
  const address = parseAddress(text);
  return address !== undefined && familyOf(address) === 'ipv4'
    ? address
    : { problem: `${quote(text)} is no IPv4 address; give four numbers from 0 to 255, such as 10.2.0.10` };
};

export const region = matching<string>(
  /^[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$/,
  'an AWS region; give one such as eu-central-1',
);

export const profile = matching<string>(
  /^[\w.@+][\w.@+-]{0,127}$/,
  'a profile name of the AWS configuration files',
);

const RESERVED_TABLES = ['unspec', 'default', 'main', 'local', 'all', 'cache'];

export const tableName: Parse<string> = (text) => {
  if (RESERVED_TABLES.includes(text)) {
    return { problem: `${quote(text)} is a table of the system; choose a name of your own, such as MYHA` };
  }
  return /^[A-Za-z][\w.-]{0,31}$/.test(text)
    ? text
    : {
        problem: `${quote(text)} is no table name; use a letter, then up to 31 letters, digits, '_', '.' or '-' (the number is routing_table_id)`,
      };
};

/** Routing tables 253 to 255 are the system's. Source: rtnetlink(7), rtm_table. */
export const tableId: Parse<number> = (text) => {
  const id = integer(1, 2 ** 31 - 1)(text);
  return typeof id === 'number' && id >= 253 && id <= 255
    ? { problem: `${id} is a table of the system; choose 1 to 252, or 256 and above` }
    : id;
};

export function integer(min: number, max: number): Parse<number> {
  return (text) => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max
      ? value
      : { problem: `${quote(text)} is not a whole number from ${min} to ${max}` };
  };
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  1: true,
  y: true,
  false: false,
  no: false,
  off: false,
  0: false,
  n: false,
};

/** The words for truth that Pacemaker knows. Source: Pacemaker Explained, "Boolean". */
export const boolean: Parse<boolean> = (text) => {
  const word = text.toLowerCase();
  return (
    (Object.hasOwn(BOOLEANS, word) ? BOOLEANS[word] : undefined) ?? {
      problem: `${quote(text)} is neither true nor false`,
    }
  );
};

export function oneOf<T extends string>(...words: readonly T[]): Parse<T> {
  return (text) =>
    words.find((word) => word === text) ?? { problem: `${quote(text)} is none of ${words.join(', ')}` };
}

/** Source: Pacemaker Explained, "Time units". */
const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  msec: 1,
  '': 1_000,
  s: 1_000,
  sec: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
};

/** Milliseconds, from a duration as Pacemaker writes them: `30s`, `2min`, plain seconds. */
export function duration(minMs: number, maxMs: number): Parse<number> {
  return (text) => {
    const [, amount = '', unit = ''] = /^(\d{1,9})\s*([a-z]*)$/.exec(text) ?? [];
    const ms = Object.hasOwn(UNIT_MS, unit) ? Number(amount) * (UNIT_MS[unit] ?? Number.NaN) : Number.NaN;
    if (amount === '' || Number.isNaN(ms)) {
      return { problem: `${quote(text)} is no duration; give one such as 30s, 2min, 500ms or plain seconds` };
    }
    return ms >= minMs && ms <= maxMs
      ? ms
      : { problem: `${quote(text)} is out of range; give ${minMs / 1000}s to ${maxMs / 1000}s` };
  };
}

export const ruleFrom: Parse<RuleFrom> = (text) => {
  if (text === 'addresses' || text === 'subnet') return text;
  const cidrs: string[] = [];
  for (const part of text.split(/[\s,]+/).filter((word) => word !== '')) {
    const cidr = parseCidr(part);
    if (cidr === undefined) {
      return {
        problem: `${quote(part)} is no network; give addresses, subnet, or networks such as 10.2.0.0/24 (prefix length 0 to 32, for IPv6 to 128)`,
      };
    }
    cidrs.push(cidr);
  }
  return cidrs.length > 0 ? [...new Set(cidrs)] : { problem: `${quote(text)} names no network` };
};

/** Printable as it is, for URL itself passes over control characters; user and password have no use in it, and would be shown. */
export const url: Parse<string> = (text) =>
  /^https?:\/\/[!-~]{1,2000}$/i.test(text) && URL.canParse(text) && !hasUser(new URL(text))
    ? text
    : { problem: `${quote(withoutUser(text))} is no http or https URL without user and password` };

function hasUser({ username, password }: URL): boolean {
  return username !== '' || password !== '';
}
