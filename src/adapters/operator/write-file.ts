import * as fs from 'node:fs';
import { AgentError } from '../../core/failure.ts';

/**
 * Puts `text` into a new file, or into a plain one of one's own: root must not be led to overwrite what is somebody else's.
 * @throws {AgentError} `node`, where it can't be written, or must not be
 */
export async function writeFile(path: string, text: string): Promise<void> {
  const { O_WRONLY, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
  try {
    const fd = fs.openSync(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK);
    try {
      const stat = fs.fstatSync(fd);
      if (!stat.isFile()) throw new Error('it is no plain file');
      if (stat.uid !== process.getuid?.()) throw new Error("it is another user's");
      if (stat.nlink !== 1) throw new Error('it has another name as well');
      fs.ftruncateSync(fd);
      fs.writeFileSync(fd, text);
    } finally {
      fs.closeSync(fd);
    }
  } catch (error) {
    throw new AgentError('node', `could not write ${path}: ${String(error)}; choose another file`, {
      cause: error,
    });
  }
}
