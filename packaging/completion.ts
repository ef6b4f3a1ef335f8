import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const root = fileURLToPath(new URL('..', import.meta.url));

export const shells = ['bash', 'zsh'] as const;
export type Shell = (typeof shells)[number];

/** Where each shell's script is kept. */
export const completionFiles: Readonly<Record<Shell, string>> = {
  bash: 'packaging/completion/aws-eni.bash',
  zsh: 'packaging/completion/_aws-eni',
};

/** What a shell reads to complete commands and options: it asks the executable itself. @param bun that runs the source */
export async function completionScript(shell: Shell, bun: string): Promise<string> {
  const env = { SHELL: `/bin/${shell}`, ZSH_NAME: shell === 'zsh' ? 'zsh' : '' };
  const { stdout } = await execa(bun, ['--no-env-file', 'src/main.ts', 'completion'], { cwd: root, env });
  // Whoever has the package needs no hint how to install it.
  return `${stdout.replaceAll(/^#$\n?|^# (?:Installation| {3}or).*\n?/gm, '').trimEnd()}\n`;
}
