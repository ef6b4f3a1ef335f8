import { createServer } from 'node:net';
import { hostname } from 'node:os';

/**
 * `echo.ts PORT`: a service that tells which node answers. TCP, because the answer then leaves from the address
 * that was asked, whatever the routing. Prints `listening` when it is.
 */
const port = Number(process.argv[2]);

const server = createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.end(`${hostname()}\n`);
});
server.listen(port, '::', () => process.stdout.write('listening\n'));
