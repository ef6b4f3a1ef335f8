import * as values from '../ocf/values.ts';

/** Of commands that only look. */
export const timeout = {
  is: 'value',
  argument: 'DURATION',
  parse: values.duration(2_000, 3_600_000),
  default: '30s',
  does: 'How long it may take',
} as const;
