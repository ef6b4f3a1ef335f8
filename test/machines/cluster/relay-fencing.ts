import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { BUN } from '../../sandbox/programs.ts';

/**
 * `relay-fencing.ts CONTROL-SOCKET PORT`: takes what a machine's fence agent is told on standard input, as the body of a request,
 * and answers with the exit code of the stand-in that other nodes have. A machine does not see the socket.
 */
const [socketPath = '', port = ''] = process.argv.slice(2);
const FENCE_INSTANCE = fileURLToPath(new URL('../../cluster/fence-instance.ts', import.meta.url));

async function fence(input: string): Promise<string> {
  const child = spawn(BUN, ['--no-env-file', FENCE_INSTANCE, socketPath], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(`${code ?? 1}`));
  });
}

const server = createServer(async (request, response) => {
  response.end(await fence(await text(request)));
});
server.listen(Number(port), () => process.stdout.write('listening\n'));
