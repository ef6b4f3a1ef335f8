import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { callControl } from '../sandbox/control/call-control.ts';

/**
 * `fence-instance.ts CONTROL-SOCKET REAL-FENCE-AWS`: stands in for fence_aws on the sandbox's nodes. It is told the
 * same on standard input and powers instances of the sandbox off, where fence_aws would call EC2's StopInstances.
 * The meta-data is that of the real one. Source: fence-agents, "FenceAgentAPI".
 */
const [socketPath = '', realAgent = ''] = process.argv.slice(2);

/** Exit codes of a fence agent's `status`. */
const EXIT = { on: 0, off: 2, failed: 1 } as const;

async function fence(): Promise<number> {
  const input = readFileSync(0, 'utf8');
  const options = new Map(
    input
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const action = options.get('action') ?? 'reboot';
  const instanceId = options.get('plug') ?? options.get('port') ?? '';
  const call = callControl(socketPath);
  switch (action) {
    case 'metadata':
      process.stdout.write(spawnSync(realAgent, ['-o', 'metadata'], { encoding: 'utf8' }).stdout);
      return 0;
    case 'monitor':
      await call('world');
      return 0;
    case 'status':
      return EXIT[(await powerOf(instanceId)) === 'running' ? 'on' : 'off'];
    case 'off':
      if ((await powerOf(instanceId)) === 'running') await call('powerOff', instanceId);
      return 0;
    default:
      throw new Error(`this stand-in has no action ${action}`);
  }

  async function powerOf(id: string): Promise<string> {
    const power = (await call('world')).instances[id]?.power;
    if (power === undefined) throw new Error(`no instance "${id}" (plug)`);
    return power;
  }
}

process.exitCode = await fence().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  return EXIT.failed;
});
