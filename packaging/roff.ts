/** Text as the source of a manual page, man(7): nothing in it is taken for a request or an escape. */
export function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/gm, '\\&');
}

/** Words that stand out, such as a name. */
export function bold(text: string): string {
  return `\\fB${roff(text)}\\fR`;
}

/** A paragraph under a heading of its own: `tag` is source already. */
export function tagged(tag: string, ...paragraphs: readonly string[]): string {
  return ['.TP', tag, paragraphs.map(roff).join('\n.IP\n')].join('\n');
}

export function section(title: string, ...parts: readonly string[]): string {
  return [`.SH ${roff(title)}`, ...parts].join('\n');
}

/** Lines as they are, such as commands. */
export function verbatim(text: string): string {
  return ['.PP', '.nf', '.RS 4', roff(text.trimEnd()), '.RE', '.fi'].join('\n');
}
