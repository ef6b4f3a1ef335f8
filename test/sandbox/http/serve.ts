import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { Reply } from './exchange.ts';

export interface HttpRequest {
  readonly method: string;
  /** Path with query, as sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** IPv4 address of the peer. */
  readonly from: string;
}

/** @param failed told of an exception in `handle`, whose client gets 500 */
export async function serve(
  address: { readonly host: string; readonly port: number },
  failed: (problem: string) => void,
  handle: (request: HttpRequest) => Promise<Reply>,
): Promise<void> {
  const server = createServer((incoming, response) => {
    read(incoming)
      .then(handle)
      .then(
        (reply) => send(incoming, response, reply),
        (error: unknown) => {
          const problem = `bug of the sandbox: ${error instanceof Error ? error.stack : error}`;
          failed(problem);
          response.writeHead(500, { 'content-type': 'text/plain' });
          response.end(problem);
        },
      );
  });
  server.listen(address);
  await once(server, 'listening');
}

async function read(incoming: IncomingMessage): Promise<HttpRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return {
    method: incoming.method ?? '',
    target: incoming.url ?? '',
    headers: incoming.headers,
    body: Buffer.concat(chunks).toString('utf8'),
    from: (incoming.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
  };
}

function send(incoming: IncomingMessage, response: ServerResponse, reply: Reply): void {
  if (!('answer' in reply)) {
    if (reply.is === 'reset') incoming.socket.resetAndDestroy();
    return;
  }
  const { status, headers, body } = reply.answer;
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'content-length': bytes.length });
  if (reply.is === 'answer') {
    response.end(bytes);
    return;
  }
  if (reply.is === 'drip') drip(response, bytes, reply.dripMs);
  else response.write(bytes.subarray(0, bytes.length / 2), () => incoming.socket.destroy());
}

function drip(response: ServerResponse, bytes: Buffer, pauseMs: number): void {
  let sent = 0;
  const timer = setInterval(() => {
    response.write(bytes.subarray(sent, sent + 1));
    sent += 1;
    if (sent === bytes.length) response.end();
  }, pauseMs);
  response.on('close', () => clearInterval(timer));
}
