import { AgentError } from '../core/failure.ts';
import { isProblem } from '../ocf/values.ts';
import type { Call, Command } from './command.ts';
import type { Option } from './option.ts';
import { camelCase } from './option.ts';
import { parametersIn } from './resource-options.ts';

/** What yargs makes of a command line: texts, and lists of them. */
export type Words = Readonly<Record<string, unknown>>;

/**
 * What a command is called with.
 * @throws {AgentError} `parameter`, naming every value that is wrong
 */
export function parseCall(command: Command, words: Words): Omit<Call<never>, 'outside' | 'printData'> {
  const problems: string[] = [];
  const parsed = (name: string, option: Option): unknown => {
    const texts = [words[name] ?? []].flat().map(String);
    if (option.is === 'flag') return words[name] === true;
    if (option.is === 'value' && texts.length > 1)
      problems.push(`--${name} is given ${texts.length} times; give it once`);
    const all =
      texts.length === 0 && option.is === 'value' && option.default !== undefined ? [option.default] : texts;
    const values = all.map((text): unknown => {
      const value: unknown = option.parse(text);
      if (isProblem(value)) problems.push(`--${name}: ${value.problem}`);
      return value;
    });
    return option.is === 'list' ? values : values[0];
  };
  const given = Object.fromEntries(
    Object.entries(command.options).map(([name, option]) => [camelCase(name), parsed(name, option)]),
  );
  const twice = Object.entries(words).filter(
    ([name, value]) => Array.isArray(value) && !(name in command.options) && name !== '_',
  );
  for (const [name] of twice) problems.push(`--${name} is given more than once; give it once`);
  const { word, resource, json } = words;
  if (command.word !== undefined && word === undefined) {
    problems.push(`which ${command.word.name}? give ${Object.keys(command.word.choices).join(' or ')}`);
  }
  if (problems.length > 0) throw new AgentError('parameter', problems.join('; '));
  return {
    given: given as never,
    word: typeof word === 'string' ? word : undefined,
    parameters: command.isAboutResource ? parametersIn(words) : {},
    resource: typeof resource === 'string' ? resource : undefined,
    json: json === true,
  };
}
