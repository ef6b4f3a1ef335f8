import { createInterface } from 'node:readline';
import { connectToEc2 } from '../../src/adapters/ec2-connection.ts';
import { createMetadata } from '../../src/adapters/imds-lazily.ts';
import { asAgentError } from '../../src/core/failure.ts';
import type { NetworkInterfaces } from '../../src/ports/agent.ts';

/**
 * Calls EC2 from where it is run, with the real client: a JSON line `[method, ...arguments]` in, `{ value }` or
 * `{ kind, message }` out.
 */
const settings = {
  profile: undefined,
  endpointUrl: undefined,
  connectTimeout: 2_000,
  requestTimeout: 5_000,
  maxAttempts: 1,
};
const ec2 = await connectToEc2(
  'eu-central-1',
  settings,
  () => AbortSignal.timeout(10_000),
  createMetadata(() => 10_000).vpcId,
);

for await (const line of createInterface(process.stdin)) {
  const [method, ...given] = JSON.parse(line) as [keyof NetworkInterfaces, ...unknown[]];
  const call = ec2[method] as (...all: readonly unknown[]) => Promise<unknown>;
  const answer = await call(...given).then(
    (value) => ({ value }),
    (thrown: unknown) => {
      const { kind, message } = asAgentError(thrown);
      return { kind, message };
    },
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
