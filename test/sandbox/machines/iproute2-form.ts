/**
 * What iproute2's configuration of a machine looks like.
 * `etc`: this machine's /etc/iproute2. `vendor-only`: the same files in /usr/share/iproute2, and /etc/iproute2 empty,
 * as iproute2 6.5 and later install it. `declared`: as `etc`, and rt_tables says "100 MYHA". `conflict`: it says "200 MYHA".
 */
export type Iproute2Form = 'etc' | 'vendor-only' | 'declared' | 'conflict';

/** Shell commands, to be run in the machine. @param original directory with the files as this machine has them */
export function iproute2Script(form: Iproute2Form, original: string): string {
  const vendor = '/usr/share/iproute2';
  const own = '/etc/iproute2';
  const clear = ['set -eu', `find ${own} -mindepth 1 -delete`, `rm -rf ${vendor}`];
  const fill: Readonly<Record<Iproute2Form, readonly string[]>> = {
    etc: [`cp -a ${original}/. ${own}`],
    'vendor-only': [`cp -a ${original} ${vendor}`],
    declared: [`cp -a ${original}/. ${own}`, `echo '100 MYHA' >> ${own}/rt_tables`],
    conflict: [`cp -a ${original}/. ${own}`, `echo '200 MYHA' >> ${own}/rt_tables`],
  };
  return [...clear, ...fill[form]].join('\n');
}
