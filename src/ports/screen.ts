/** Where a person, or a script, reads. */
export interface Screen {
  /** How wide lines may be. */
  readonly columns: number;
  /** A terminal that can be drawn anew, as opposed to a file or a pipe. */
  readonly isTerminal: boolean;
  /** Whether anybody reads what is printed; a pipe can be closed. */
  isRead(): boolean;
  /** To the standard output. Colours are dropped where they are not wanted. @throws {AgentError} `node`, where it can't be written */
  print(text: string): void;
  /** To the standard error, one line: what goes on, and what is wrong. */
  note(line: string): void;
  /** Draws `text` in place of what was drawn before; on no terminal, after it. */
  redraw(text: string): void;
}
