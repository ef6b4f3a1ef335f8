import type { Argv, Options as YargsOptions } from 'yargs';
import yargs from 'yargs';
import type { Command } from './command.ts';
import { commands } from './commands.ts';
import { exitStatusMeanings } from './exit-status.ts';
import { table } from './layout.ts';
import type { Option } from './option.ts';
import { resourceOptions } from './resource-options.ts';

export type Chosen = (command: Command, words: Readonly<Record<string, unknown>>) => void;

/**
 * The command line's grammar, made of the table of commands; yargs has help, completion and strictness.
 * @param chosen told of the command and what was given for it, still as text
 */
export function createParser(
  words: readonly string[],
  version: string,
  columns: number,
  chosen: Chosen,
): Argv {
  const parser = yargs([...words])
    .scriptName('aws-eni')
    .parserConfiguration({
      'camel-case-expansion': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'greedy-arrays': false,
      'boolean-negation': false,
      'dot-notation': false,
    })
    .usage(
      '$0 COMMAND\n\nMoves an AWS network interface with its addresses and policy route: commands for people.',
    )
    .version(version)
    .alias({ help: 'h', version: 'V' })
    .wrap(columns)
    .epilogue(`Exit status:\n${table(
      exitStatusMeanings.map(([status, meaning]) => [String(status), meaning]),
      columns,
      2,
    )}\n
The resource agent's own actions, such as start: aws-eni usage.
Manual pages: aws-eni(8), ocf_custom_aws-eni(7).`)
    .completion('completion', 'print what a shell needs to complete these (bash, zsh)')
    .exitProcess(false)
    .recommendCommands()
    .strict();
  for (const command of commands) addCommand(parser, command, chosen);
  return parser;
}

function addCommand(parser: Argv, command: Command, chosen: Chosen): void {
  const { word } = command;
  parser.command(
    word === undefined ? command.name : `${command.name} [${word.name}]`,
    command.does,
    (sub) => {
      sub.usage(
        `$0 ${command.name}${word === undefined ? '' : ` ${Object.keys(word.choices).join('|')}`} [OPTIONS]\n\n${command.about}`,
      );
      if (word !== undefined)
        sub.positional(word.name, {
          choices: Object.keys(word.choices),
          type: 'string',
          describe: word.name,
        });
      sub.options(optionsOf(command.options, 'Options:'));
      if (command.isAboutResource) {
        sub.option('resource', {
          type: 'string',
          requiresArg: true,
          group: 'Which ENI:',
          describe: 'Resource of the cluster, to take all of these from',
        });
        sub.options(optionsOf(resourceOptions, 'Which ENI:'));
      }
      sub.option('json', { type: 'boolean', group: 'Options:', describe: 'Print data, for scripts' });
      for (const [line, does] of command.examples) sub.example(line, does);
      return sub.epilogue('');
    },
    (given) => chosen(command, word === undefined ? given : { ...given, word: given[word.name] }),
  );
}

function optionsOf(options: Readonly<Record<string, Option>>, group: string): Record<string, YargsOptions> {
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [name, yargsOption(option, group)]),
  );
}

function yargsOption(option: Option, group: string): YargsOptions {
  const { does: describe } = option;
  if (option.is === 'flag') return { type: 'boolean', describe, group };
  const choices = option.choices === undefined ? {} : { choices: option.choices };
  const value = { type: 'string', requiresArg: true, describe, group, ...choices } as const;
  if (option.is === 'list') return { ...value, array: true };
  return option.default === undefined ? value : { ...value, defaultDescription: option.default };
}
