import { startCluster } from './cluster.ts';

/** Starts a cluster, prints the process ids of its nodes as JSON, and holds it until it is killed. */
const { sandbox } = await startCluster();
const { a, b } = sandbox.nodes;
process.stdout.write(`${JSON.stringify(await Promise.all([a.pid(), b.pid()]))}\n`);
setInterval(() => {}, 60_000);
