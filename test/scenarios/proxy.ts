import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy on loopback that prints its URL, then each thing that it is asked for, and refuses it. */
const server = createServer((request, response) => {
  process.stdout.write(`${request.method} ${request.url}\n`);
  response.writeHead(502).end();
});
server.on('connect', (request, socket) => {
  process.stdout.write(`CONNECT ${request.url}\n`);
  socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
