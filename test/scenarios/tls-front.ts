import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';

/**
 * A proxy on loopback that looks into TLS: whatever host is asked for, it answers under its own certificate, and asks the
 * sandbox's EC2. One that is called `refused…` it refuses. Prints its host and port, then each thing that it is asked for.
 * Arguments: host and port of EC2, files of key and certificate.
 */
const [host = '', port = '', key = '', cert = ''] = process.argv.slice(2);

function join(one: Duplex, other: Duplex): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', () => to.destroy());
    from.pipe(to);
  }
}

const front = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) => {
  join(socket, connect(Number(port), host));
});
front.on('tlsClientError', () => undefined);

const proxy = createServer();
proxy.on('connect', (request, socket) => {
  process.stdout.write(`${request.method} ${request.url}\n`);
  if (request.url?.startsWith('refused')) {
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
    return;
  }
  const inner = connect((front.address() as AddressInfo).port, '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    join(socket, inner);
  });
});

front.listen(0, '127.0.0.1', () => {
  proxy.listen(0, '127.0.0.1', () => {
    process.stdout.write(`127.0.0.1:${(proxy.address() as AddressInfo).port}\n`);
  });
});
