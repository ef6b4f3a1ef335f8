import { expect, test } from 'vitest';
import { rpmChangelog } from '../../packaging/rpm/rpm-changelog.ts';

const rule = '-------------------------------------------------------------------';

test('each entry of a changes file becomes one of rpm’s, in their order', () => {
  const changes = `${rule}
Tue Jan  5 08:00:00 CET 2027 - Ada Example <ada@example.com>

- Version 0.2.0
  * one thing
  * another

${rule}
Mon Nov 23 12:00:00 UTC 2026 - Bob Example <bob@example.com>

- Version 0.1.0
`;
  expect(rpmChangelog(changes)).toBe(`* Tue Jan  5 2027 Ada Example <ada@example.com>
- Version 0.2.0
  * one thing
  * another

* Mon Nov 23 2026 Bob Example <bob@example.com>
- Version 0.1.0
`);
});

test.each(['- Version 0.1.0', 'Mon Nov 23 2026 Bob Example <bob@example.com>'])(
  '%j is no head of an entry',
  (head) => {
    expect(() => rpmChangelog(`${rule}\n${head}\n`)).toThrow(
      `no entry of a changes file begins with '${head}'`,
    );
  },
);
