import { writeFileSync } from 'node:fs';
import { AgentError } from '../../core/failure.ts';

/** @throws {AgentError} `node`, where it can't be written */
export async function writeFile(path: string, text: string): Promise<void> {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new AgentError('node', `could not write ${path}: ${String(error)}; choose another file`, {
      cause: error,
    });
  }
}
