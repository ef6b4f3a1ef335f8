const RULE = /^-{20,}\n/m;

/** `Mon Nov 23 12:00:00 UTC 2026 - Name <name@host>`; the time of day is not rpm's business. */
const HEAD = /^(?<day>\w{3} \w{3} {1,2}\d{1,2}) [\d:]+ \w+ (?<year>\d{4}) - (?<who>.+ <.+>)$/;

/**
 * The entries of a SUSE changes file as rpm's `%changelog` has them. The Open Build Service does the same by itself.
 * @throws {Error} quoting a line that is no head of an entry
 */
export function rpmChangelog(changes: string): string {
  const entries = changes
    .split(RULE)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  return `${entries.map(rpmEntry).join('\n\n')}\n`;
}

function rpmEntry(entry: string): string {
  const [head = '', ...lines] = entry.split('\n');
  const { day, year, who } = HEAD.exec(head)?.groups ?? {};
  if (day === undefined) throw new Error(`no entry of a changes file begins with '${head}'`);
  return [`* ${day} ${year} ${who}`, ...lines.filter((line) => line.trim() !== '')].join('\n');
}
