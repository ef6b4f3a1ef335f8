/** What `readPiped` finds beside the program's own words. */
export interface Piped {
  /** What the program itself wrote to its standard error. */
  readonly stderr: string;
  /** As a shell gives it: 128 and the number of the signal for a program that was ended by one. Nothing: it has not ended. */
  readonly exitCode: number | undefined;
  /** Whether its input and its output came through whole. */
  readonly isWhole: boolean;
}

/**
 * Shell programs that run a program on pipes that the shell makes: its arguments are the mark, the program and the
 * program's arguments, of which the shell parses nothing. What goes in and comes out passes through cat(1), which stays
 * what the shell is in the eyes of a security policy. The program is in the shell's process group and has three
 * descriptors. It is the child of a shell that has the mark in its command line, by which both are found.
 *
 * Lines with the mark tell, in the standard error, what the shell knows: `MARK ended EXIT-CODE`, and `MARK in EXIT-CODE`
 * or `MARK out EXIT-CODE` of a cat that failed. Descriptor 5 is the pipe for errors, 6 the real standard output, 7 the
 * real standard error.
 */
const BEGIN = `exec "$@" 2>&5 5>&- 6>&- 7>&-`;
const onPipes = (program: string): string => `mark=$1; shift
{
  {
    { ${program}; echo "$mark ended $?" >&7; } | cat 5>&- 6>&- 7>&- || echo "$mark out $?" >&7
  } 5>&1 >&6 | cat 6>&- 7>&- >&2
} 6>&1 7>&2`;

/** For `sh -c`: the program reads nothing. */
export const RUN_ON_PIPES = onPipes(`( ${BEGIN} )`);

/** For `sh -c`: the program reads what the shell is given. */
export const RUN_ON_PIPES_WITH_INPUT = onPipes(
  `{ cat 5>&- 6>&- 7>&- || echo "$mark in $?" >&7; } | { ${BEGIN}; }`,
);

/** 128 + SIGPIPE: the program has ended without reading all of its input, which is its own affair. */
const UNREAD = 141;

/** Takes what the shell told out of what it and the program wrote to the standard error. */
export function readPiped(stderr: string, mark: string): Piped {
  const told = new Map<string, number>();
  const words = stderr.replaceAll(new RegExp(`${mark} (ended|in|out) (\\d+)\\n`, 'g'), (_, what, number) => {
    told.set(what, Number(number));
    return '';
  });
  return {
    stderr: words,
    exitCode: told.get('ended'),
    isWhole: !told.has('out') && (told.get('in') ?? UNREAD) === UNREAD,
  };
}
