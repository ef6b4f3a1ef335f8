import { startSandbox } from './sandbox.ts';

/** Starts a sandbox, prints the machines' process ids as JSON, and holds it until it is killed. */
const sandbox = await startSandbox();
const { a, b } = sandbox.nodes;
process.stdout.write(`${JSON.stringify(await Promise.all([a.pid(), b.pid(), sandbox.client.pid()]))}\n`);
setInterval(() => {}, 60_000);
