import { expect, test } from 'vitest';
import { fencingProperty } from '../../src/core/fencing-property.ts';

const OLD = '2.1.5-4.el9-a3f44794f94';
const LAST_OLD = '3.0.1-1-abc';
const NEW = '3.0.2-1-abc';

test.each([
  [OLD, {}, 'stonith-enabled', true],
  [OLD, { 'stonith-enabled': 'false' }, 'stonith-enabled', false],
  [OLD, { 'stonith-enabled': 'No' }, 'stonith-enabled', false],
  // Unknown to it.
  [OLD, { 'fencing-enabled': 'false' }, 'stonith-enabled', true],
  [LAST_OLD, { 'fencing-enabled': 'false', 'stonith-enabled': 'true' }, 'stonith-enabled', true],
  [NEW, {}, 'fencing-enabled', true],
  [NEW, { 'stonith-enabled': 'false' }, 'fencing-enabled', false],
  [NEW, { 'fencing-enabled': 'false', 'stonith-enabled': 'true' }, 'fencing-enabled', false],
  [NEW, { 'fencing-enabled': 'true', 'stonith-enabled': 'false' }, 'fencing-enabled', true],
  ['3.1.0', { 'fencing-enabled': 'off' }, 'fencing-enabled', false],
  ['10.0', { 'fencing-enabled': '0' }, 'fencing-enabled', false],
  ['', { 'stonith-enabled': 'false' }, 'stonith-enabled', false],
  [undefined, { 'fencing-enabled': 'false' }, 'stonith-enabled', true],
] as const)('%s with %o: %s, on: %s', (version, given, name, isOn) => {
  const properties = version === undefined ? given : { 'dc-version': version, ...given };
  expect(fencingProperty(properties as Record<string, string>)).toMatchObject({ name, isOn });
});
