import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';
import type { FailureKind } from '../../src/core/failure.ts';
import { AgentError } from '../../src/core/failure.ts';
import type { NetworkInterfaces } from '../../src/ports/agent.ts';
import type { Ec2UnderTest } from '../contracts/network-interfaces.contract.ts';
import { networkInterfacesContract } from '../contracts/network-interfaces.contract.ts';
import { BUN, BUN_ENVIRONMENT } from '../sandbox/programs.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { NODE_A, SERVICE_ENI } from '../sandbox/sandbox-options.ts';
import { quick } from '../scenarios/agent.ts';

const CALLER = fileURLToPath(new URL('../contracts/ec2-caller.ts', import.meta.url));

type Answer = { readonly value?: unknown } | { readonly kind: FailureKind; readonly message: string };

/** The real client on node A, against the sandbox's endpoint. */
async function createWire(): Promise<Ec2UnderTest> {
  const sandbox = await startSandbox({
    latencies: quick,
    namesakes: [{ id: 'eni-0f1b2c3d4e5f60719', ipv4: ['10.2.0.10'] }],
  });
  const { running } = await sandbox.nodes.a.spawn(BUN, ['--no-env-file', CALLER], {
    env: BUN_ENVIRONMENT,
    stdin: 'pipe',
  });
  const answers = createInterface(running.stdout)[Symbol.asyncIterator]();
  const ask = async (method: string, given: readonly unknown[]): Promise<unknown> => {
    running.stdin?.write(`${JSON.stringify([method, ...given])}\n`);
    const answer = JSON.parse((await answers.next()).value as string) as Answer;
    if ('kind' in answer) throw new AgentError(answer.kind, answer.message);
    return answer.value;
  };
  const ec2 = new Proxy({} as NetworkInterfaces, {
    get:
      (_, method: string) =>
      (...given: readonly unknown[]) =>
        ask(method, given),
  });
  return {
    call: (work) => work(ec2),
    place: (to) => sandbox.place(SERVICE_ENI, to),
    allow: (actions) => sandbox.setPermissions(NODE_A, actions),
    settle: async () => {
      const { attachMs, detachMs, staleMs } = quick;
      await new Promise((resolve) => setTimeout(resolve, attachMs + detachMs + staleMs + 100));
    },
    close: () => sandbox.close(),
  };
}

describe('EC2 over the wire', () => {
  networkInterfacesContract(createWire);
});
