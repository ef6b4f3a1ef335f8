import type { ActionSpec } from './actions.ts';
import { actions } from './actions.ts';

/** What the action `usage` prints: how a person would call the agent by hand. */
export function usage(): string {
  const width = Math.max(...Object.keys(actions).map((name) => name.length));
  const lines = Object.entries<ActionSpec>(actions).map(
    ([name, { does }]) => `  ${name.padEnd(width)}  ${does}`,
  );
  return `usage: aws-eni ACTION

Actions of the resource agent ocf:custom:aws-eni:
${lines.join('\n')}

Parameters are read from the environment, such as OCF_RESKEY_eni_id=eni-0123456789abcdef0.
`;
}
