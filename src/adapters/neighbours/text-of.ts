import { readFileSync } from 'node:fs';

/** What a file says that is there only sometimes; nothing where it is not. */
export function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
