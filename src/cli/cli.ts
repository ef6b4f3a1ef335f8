import { asAgentError } from '../core/failure.ts';
import { quote } from '../ocf/quote.ts';
import type { Command, Report } from './command.ts';
import { commands } from './commands.ts';
import { ExitStatus, exitStatusOf } from './exit-status.ts';
import type { Outside } from './outside.ts';
import type { Words } from './parse-command-line.ts';
import { parseCall } from './parse-command-line.ts';
import { createParser } from './parser.ts';
import { bad } from './style.ts';

/** Of what `--json` prints. Raised when a path goes or changes its meaning. */
const JSON_VERSION = 1;

/** Words that yargs itself answers. */
const YARGS_OWN = /^(?:-|help$|completion$)/;

/**
 * What people get. The agent's actions are dispatched before this is loaded.
 * @returns the exit status
 */
export async function runCli(
  words: readonly string[],
  version: string,
  outside: Outside,
): Promise<ExitStatus> {
  const { screen } = outside;
  const [word] = words;
  const isKnown = commands.some(({ name }) => name === word);
  if (word !== undefined && !isKnown && !YARGS_OWN.test(word)) {
    screen.note(
      `there is no action ${quote(word)}; 'aws-eni usage' lists them, 'aws-eni --help' the commands`,
    );
    return ExitStatus.unknownCommand;
  }
  let chosen: { readonly command: Command; readonly given: Words } | undefined;
  let misuse: string | undefined;
  const parser = createParser(words, version, Math.min(screen.columns, 100), (command, given) => {
    chosen = { command, given };
  }).fail((message, error) => {
    misuse ??= message ?? String(error);
  });
  if (word === undefined) {
    screen.print(`${await parser.getHelp()}\n`);
    return ExitStatus.unknownCommand;
  }
  let answer = '';
  await parser.parse([...words], {}, (_error: unknown, _given: unknown, output: string) => {
    answer = output;
  });
  // yargs has answered it, and calls it an argument that it does not know.
  if (word === 'completion') misuse = undefined;
  if (misuse !== undefined) {
    screen.note(
      `aws-eni${isKnown ? ` ${word}` : ''}: ${misuse.replaceAll(/\s*\n\s*/g, '; ')}; see 'aws-eni${isKnown ? ` ${word}` : ''} --help'`,
    );
    return ExitStatus.misused;
  }
  // Printed here, for yargs would not tell that it can't be.
  if (answer !== '') screen.print(`${answer}\n`);
  return chosen === undefined ? ExitStatus.fine : runCommand(chosen.command, chosen.given, outside);
}

async function runCommand(command: Command, given: Words, outside: Outside): Promise<ExitStatus> {
  const { screen } = outside;
  const json = given['json'] === true;
  const head = { version: JSON_VERSION, command: command.name };
  try {
    const printData = (data: Report['data']): void =>
      screen.print(`${JSON.stringify({ ...head, ...data })}\n`);
    const report = await command.run({ ...parseCall(command, given), printData, outside });
    if (report.isPrinted === true) return report.exitStatus;
    screen.print(
      json ? `${JSON.stringify({ ...head, ...report.data }, null, 2)}\n` : textOf(report, screen.columns),
    );
    return report.exitStatus;
  } catch (thrown) {
    const { kind, message } = asAgentError(thrown);
    if (json) screen.print(`${JSON.stringify({ ...head, error: { kind, message } }, null, 2)}\n`);
    else screen.note(`${bad(`aws-eni ${command.name}:`)} ${message}`);
    return exitStatusOf[kind];
  }
}

function textOf({ text }: Report, columns: number): string {
  const shown = text(columns);
  return shown === '' || shown.endsWith('\n') ? shown : `${shown}\n`;
}
