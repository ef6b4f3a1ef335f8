import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { makeScratchDirectory } from '../../sandbox/scratch-directory.ts';

/** The programs that the agent runs, each in a wrapper that writes down its calls and can stand still at one. */
export interface WatchedPrograms {
  /** PATH that has the wrappers in front. */
  readonly path: string;
  /** The calls since the reset, in order, each with its number among those of the same name: `ip change with the device #1`. */
  calls(): readonly string[];
  /** Forgets all calls. @param hold the call to stand still at, such as `before flock #1`, until its process group is killed */
  reset(hold?: string): void;
  /** Whether a call stands still. */
  isHeld(): boolean;
  remove(): Promise<void>;
}

const PROGRAMS = ['ip', 'flock', 'logger', 'udevadm'] as const;
const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * What a call of ip is named after, besides whether it looks or changes, says where the agent is in its work,
 * however often it has looked on the way there: whether the device is there, and the changes made before. In shell words alone: each further process would
 * cost as much as the agent's own. A look during which the device comes is made again, under the other name.
 */
const WRAPPER = `#!/bin/sh
home=\${0%/*}/..
program=\${0##*/}
is_there() {
  for file in /sys/class/net/*/address; do
    read -r address < "$file" && [ "$address" = MAC ] && return 0
  done 2> /dev/null
  return 1
}
call=$program
if [ "$program" = udevadm ]; then call="udevadm $1"; fi
if [ "$program" = ip ]; then
  case "$*" in *-j*) call='ip look' ;; *) call='ip change' ;; esac
  case "$*" in -6*) call="$call at IPv6" ;; esac
  if is_there; then there=with; else there=without; fi
  call="$call $there the device"
  changes=0
  while read -r line; do
    case $line in 'ip change'*) changes=$((changes + 1)) ;; esac
  done < "$home/calls"
  if [ $changes -gt 0 ]; then call="$call after change $changes"; fi
fi
number=1
while read -r line; do
  if [ "\${line% #*}" = "$call" ]; then number=$((number + 1)); fi
done < "$home/calls"
call="$call #$number"
echo "$call" >> "$home/calls"
stand_still() {
  : > "$home/held"
  exec sleep infinity
}
read -r hold < "$home/hold"
for real in /usr/sbin/$program /usr/bin/$program /sbin/$program /bin/$program; do
  if [ -x "$real" ]; then break; fi
done
case $hold in
  "before $call") stand_still ;;
  "after $call") "$real" "$@"; stand_still ;;
esac
case $call in 'ip look'*'without the device'*)
  said=$("$real" "$@")
  code=$?
  # It may have seen what it is not named after.
  if is_there; then exec "$0" "$@"; fi
  if [ -n "$said" ]; then printf '%s\\n' "$said"; fi
  exit $code
  ;;
esac
exec "$real" "$@"
`;

/** In a directory of this machine, which its nodes share. @param mac of the device that calls are told apart by */
export async function watchPrograms(mac: string): Promise<WatchedPrograms> {
  const { path: home, remove } = await makeScratchDirectory();
  const reset = (hold = 'nowhere'): void => {
    rmSync(`${home}/held`, { force: true });
    writeFileSync(`${home}/calls`, '');
    writeFileSync(`${home}/hold`, `${hold}\n`);
  };
  mkdirSync(`${home}/bin`);
  writeFileSync(`${home}/wrapper`, WRAPPER.replace('MAC', mac), { mode: 0o755 });
  for (const program of PROGRAMS) symlinkSync('../wrapper', `${home}/bin/${program}`);
  reset();
  return {
    path: `${home}/bin:${PATH}`,
    calls: () => readFileSync(`${home}/calls`, 'utf8').split('\n').filter(Boolean),
    reset,
    isHeld: () => existsSync(`${home}/held`),
    remove,
  };
}
