import type { Parse } from '../ocf/values.ts';

/** A switch: given or not. */
interface Flag {
  readonly is: 'flag';
  readonly does: string;
}

/** An option with a value. */
interface Value<T> {
  readonly is: 'value';
  /** What help calls the value, such as `ID`. */
  readonly argument: string;
  readonly parse: Parse<T>;
  /** As a person would write it; `undefined`: the option need not have a value. */
  readonly default?: string;
  /** All that it can be, where that is a list. */
  readonly choices?: readonly string[];
  readonly does: string;
}

/** An option that may be given several times, a value each. */
interface List<T> {
  readonly is: 'list';
  readonly argument: string;
  readonly parse: Parse<T>;
  readonly choices?: readonly string[];
  readonly does: string;
}

// biome-ignore lint/suspicious/noExplicitAny: what a value is, each option of the table tells by its own parser
export type Option = Flag | Value<any> | List<any>;

/** By their names on the command line, without the dashes before them. */
export type Options = Readonly<Record<string, Option>>;

type CamelCase<S> = S extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<CamelCase<Tail>>}` : S;

type Got<O extends Option> = O extends Flag
  ? boolean
  : O extends List<infer T>
    ? readonly T[]
    : O extends Value<infer T>
      ? O extends { readonly default: string }
        ? T
        : T | undefined
      : never;

/** What the command line gave, parsed: of each option its value. */
export type Given<O extends Options> = {
  readonly [K in keyof O as CamelCase<K & string>]: Got<O[K]>;
};

/** `dry-run` as code calls it: `dryRun`. */
export function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
