import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Control } from './control.ts';

/** Answers `POST /NAME` with a JSON array of arguments on a Unix socket, which is the same in all network namespaces. */
export async function serveControl(control: Control, socketPath: string): Promise<void> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const name = (request.url ?? '').slice(1) as keyof Control;
      const answer = (status: number, body: unknown): void => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body ?? null));
      };
      const call = control[name] as ((...args: readonly unknown[]) => Promise<unknown>) | undefined;
      if (call === undefined) {
        answer(404, `no control ${name}`);
        return;
      }
      const args = JSON.parse(Buffer.concat(chunks).toString('utf8')) as readonly unknown[];
      call(...args).then(
        (result) => answer(200, result),
        (error: unknown) => answer(400, error instanceof Error ? error.message : String(error)),
      );
    });
  });
  server.listen(socketPath);
  await once(server, 'listening');
}
