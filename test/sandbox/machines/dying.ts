/** The command that runs `command` and has the kernel kill it when the process that started it ends, however that ends. */
export function dying(command: readonly string[]): readonly [string, ...string[]] {
  return ['setpriv', '--pdeathsig', 'KILL', ...command];
}
