import type { Command } from '../src/cli/command.ts';
import { commands } from '../src/cli/commands.ts';
import { exitStatusMeanings } from '../src/cli/exit-status.ts';
import type { Option, Options } from '../src/cli/option.ts';
import { resourceOptions } from '../src/cli/resource-options.ts';
import { bold, roff, section, tagged, verbatim } from './roff.ts';

/** The manual page aws-eni(8), from the table of commands. */
export function commandsPage(version: string): string {
  return `${[
    // No date: it would be that of the build.
    `.TH AWS\\-ENI 8 "" "aws\\-eni ${roff(version)}" "System administration"`,
    // What a reader copies must not have been broken: neither names by hyphens nor lines by spaces.
    '.nh\n.ad l',
    section(
      'NAME',
      `${roff('aws-eni')} \\- ${roff("set up, look at, check and move a cluster's AWS network interface")}`,
    ),
    section('SYNOPSIS', ...commands.map(synopsis)),
    section('DESCRIPTION', ...DESCRIPTION.map((text) => `.PP\n${roff(text)}`)),
    section('COMMANDS', ...commands.map(commandEntry)),
    section(
      'OPTIONS FOR AN ENI',
      roff(
        'doctor, show, plan, move and crm-config take these. They have the names and meanings of the parameters of the resource, with dashes; all of it is in ocf_custom_aws-eni(7).',
      ),
      tagged(
        bold('--resource NAME'),
        'Take all of these from this resource of the cluster; what is given beside it comes first.',
      ),
      ...optionEntries(resourceOptions),
    ),
    section(
      'OPTIONS FOR EVERY COMMAND',
      tagged(
        bold('--json'),
        'Print data instead, as told with each command; besides, version (of the shape: 1) and command. Where the command fails: error.kind and error.message.',
      ),
      tagged(bold('--help'), 'Print what the command takes, with an example.'),
      tagged(bold('--version'), 'Print the version.'),
    ),
    section(
      'EXIT STATUS',
      ...exitStatusMeanings.map(([status, meaning]) => tagged(bold(String(status)), meaning)),
      '.PP',
      roff("The agent's actions, such as start, have OCF's codes: see ocf_custom_aws-eni(7)."),
    ),
    section('FILES', ...FILES.map(([path, what]) => tagged(bold(path), what))),
    section('ENVIRONMENT', ...ENVIRONMENT.map(([name, what]) => tagged(bold(name), what))),
    section(
      'EXAMPLES',
      ...commands
        .flatMap(({ examples }) => examples)
        .map(([line, does]) => `.PP\n${roff(capitalized(does))}:\n${verbatim(line)}`),
    ),
    section(
      'SEE ALSO',
      `${bold('ocf_custom_aws-eni')}(7), ${bold('crm')}(8), ${bold('crm_mon')}(8), ${bold('ip')}(8)`,
    ),
  ].join('\n')}\n`;
}

const DESCRIPTION = [
  'aws-eni is the resource agent ocf:custom:aws-eni, described in ocf_custom_aws-eni(7), and what people need around it.',
  'A command about an ENI is told which one by --eni-id, by --ip, or by --resource; on a cluster node with one resource of the agent it needs to be told nothing. Output is coloured on a terminal only, and not with NO_COLOR.',
  "The command is root's own: do not give it to others by sudo. Its options name files, endpoints, profiles whose programs it runs, and directories by the environment, so whoever may call it as root can do there what root can. What others may see, doctor, show and history show without root.",
] as const;

const FILES = [
  [
    '/var/lib/aws-eni/history',
    'What start and stop did on this node, a file for each resource; bounded, and read by history.',
  ],
] as const;

const ENVIRONMENT = [
  ['NO_COLOR', 'Set to anything: no colour.'],
  ['TERM', 'dumb: no colour.'],
  ['AWS_..., HTTPS_PROXY, NO_PROXY', 'As for the agent: see ocf_custom_aws-eni(7).'],
] as const;

function synopsis({ name, word, isAboutResource }: Command): string {
  const words = word === undefined ? '' : ` ${Object.keys(word.choices).join('|')}`;
  const eni = isAboutResource ? ' [OPTIONS FOR AN ENI]' : '';
  return `${bold(`aws-eni ${name}`)}${roff(`${words} [OPTIONS]${eni}`)}\n.br`;
}

function commandEntry({ name, word, does, about, options, json }: Command): string {
  return [
    `.SS ${roff(name)}`,
    `${roff(capitalized(does))}.`,
    '.PP',
    roff(about),
    ...(word === undefined
      ? []
      : Object.entries(word.choices).map(([choice, meaning]) =>
          tagged(bold(choice), `${capitalized(meaning)}.`),
        )),
    ...optionEntries(options),
    '.PP',
    `${roff('Data of --json:')}`,
    ...json.map(([path, meaning]) => tagged(bold(path), `${meaning}.`)),
  ].join('\n');
}

function optionEntries(options: Options): readonly string[] {
  return Object.entries(options).map(([name, option]) =>
    tagged(bold(spelled(name, option)), `${option.does}.${defaultOf(option)}`),
  );
}

function spelled(name: string, option: Option): string {
  return option.is === 'flag'
    ? `--${name}`
    : `--${name} ${option.argument}${option.is === 'list' ? ' ...' : ''}`;
}

function defaultOf(option: Option): string {
  return option.is === 'value' && option.default !== undefined ? ` Default: ${option.default}.` : '';
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
