import type { ExitStatus } from './exit-status.ts';
import type { Given, Options } from './option.ts';
import type { Outside } from './outside.ts';

/** A JSON document. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/** What a command found or did: as data for scripts, as text for people. */
export interface Report {
  readonly exitStatus: ExitStatus;
  /** Of the shape that the command's `json` declares; an absent thing is `null` or an empty list. */
  readonly data: { readonly [key: string]: Json };
  /** For people, `columns` wide at most where words can be wrapped. Coloured by `style.ts`. */
  text(columns: number): string;
  /** The command has printed it already. */
  readonly isPrinted?: boolean;
}

/** What a call of a command has. */
export interface Call<O extends Options> {
  readonly given: Given<O>;
  /** The word after the command's name, where it takes one. */
  readonly word: string | undefined;
  /** The resource parameters that the command line gave, as text, by their names; for commands about a resource. */
  readonly parameters: Readonly<Record<string, string>>;
  /** `--resource`. */
  readonly resource: string | undefined;
  /** `--json`: nothing is drawn, and the report is printed as data. */
  readonly json: boolean;
  /** Prints one of several reports as data, in a line of its own. */
  printData(data: Report['data']): void;
  readonly outside: Outside;
}

/** A command for people. Help, manual page and completion are made of this. */
export interface Command<O extends Options = Options> {
  readonly name: string;
  /** One line without a full stop. */
  readonly does: string;
  /** Sentences for its help and the manual page. */
  readonly about: string;
  /** A word that must follow the name, one of these. */
  readonly word?: { readonly name: string; readonly choices: Readonly<Record<string, string>> };
  /** Takes the resource parameters as options, and `--resource`. */
  readonly isAboutResource: boolean;
  readonly options: O;
  readonly examples: readonly (readonly [commandLine: string, does: string])[];
  /**
   * The report's data besides `version` and `command`: each path, such as `rules[].from`, with its meaning; `**` stands
   * for what somebody else has laid down. Paths are only ever added.
   */
  readonly json: readonly (readonly [path: string, meaning: string])[];
  run(call: Call<O>): Promise<Report>;
}

/** Lets the compiler see that what `run` reads is what `options` declare. */
export function declareCommand<const O extends Options>(command: Command<O>): Command {
  return command as unknown as Command;
}
