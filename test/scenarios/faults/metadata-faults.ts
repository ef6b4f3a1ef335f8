import type { NamedFault } from './ec2-faults.ts';

/** The metadata service says that there is no such thing. */
export const absence: readonly NamedFault[] = [{ name: 'HTTP 404', do: { status: 404 } }];

/** It says nothing, or nothing that could be meant. */
export const silence: readonly NamedFault[] = [
  ...[400, 401, 403, 500, 503].map((status) => ({ name: `HTTP ${status}`, do: { status } })),
  { name: 'black hole', do: 'black-hole' },
  { name: 'dropped before it is done', do: 'drop-before' },
  { name: 'dropped after it is done', do: 'drop-after' },
  { name: 'an answer that is cut off', do: 'cut-off' },
  { name: 'an empty body', do: { body: '' } },
  { name: 'nonsense', do: { body: '<html>Please sign in</html>' } },
];
