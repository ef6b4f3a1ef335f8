import yargs from 'yargs';
import type { ActionSpec } from '../ocf/actions.ts';
import { actions } from '../ocf/actions.ts';
import { ExitCode } from '../ocf/exit-code.ts';
import type { ParameterName } from '../ocf/parameters.ts';
import { parameterNames, parameters } from '../ocf/parameters.ts';

/** A terminal's width, where nothing else is said. */
const COLUMNS = 80;

/**
 * What people get: help and version. The actions themselves are dispatched before this is loaded.
 * @param print writes to standard output
 */
export async function runCli(
  words: readonly string[],
  version: string,
  print: (text: string) => void,
): Promise<ExitCode> {
  const parser = yargs([...words])
    .scriptName('aws-eni')
    .usage(
      '$0 ACTION\n\nThe resource agent ocf:custom:aws-eni: moves an AWS network interface with its addresses and policy route.',
    )
    .version(version)
    .help()
    .alias({ help: 'h', version: 'V' })
    .wrap(Math.min(COLUMNS, process.stdout.columns ?? COLUMNS))
    .epilogue(parameterHelp())
    .example('OCF_RESKEY_eni_id=eni-0123456789abcdef0 aws-eni monitor', 'does this node serve?')
    .exitProcess(false)
    .strict();
  for (const [name, { does }] of Object.entries<ActionSpec>(actions)) parser.command(name, does);
  const isPlain = words.length > 0 && words.every((word) => /^(?:-h|--help|help|-V|--version)$/.test(word));
  if (words.some((word) => word === '--version' || word === '-V')) {
    print(`${version}\n`);
    return ExitCode.success;
  }
  print(`${await parser.getHelp()}\n`);
  return isPlain ? ExitCode.success : ExitCode.unimplemented;
}

/** Name, default and short description of each parameter, two lines where one is too narrow. */
function parameterHelp(): string {
  const lines = parameterNames.map((name: ParameterName) => {
    const { default: value, short } = parameters[name];
    return `  ${name.padEnd(17)} ${short}${value === undefined ? '' : ` [${value}]`}`;
  });
  return `Parameters, in the environment as OCF_RESKEY_name:\n${lines.join('\n')}\n\nAll of it: aws-eni meta-data, or 'crm ra info ocf:custom:aws-eni'.`;
}
