import { machine, startMachines } from './machine-nodes.ts';

/** Starts a node that is a machine, prints the process id of its port, and holds it until it is killed. */
const { nodes } = await startMachines({ a: { machine: machine() } });
process.stdout.write(`${JSON.stringify([await nodes.a.pid()])}\n`);
setInterval(() => {}, 60_000);
