import * as ec2 from '@aws-sdk/client-ec2';

/**
 * `ec2-call.ts COMMAND INPUT-AS-JSON`: one call with the AWS SDK, as any program on an instance makes it, credentials
 * from the metadata service included. Prints `{ answer }` or `{ error: { code, message, status } }`.
 */
const [command = '', input = '{}'] = process.argv.slice(2);

const client = new ec2.EC2Client({ region: 'eu-central-1', maxAttempts: 1 });
const Command = (ec2 as unknown as Record<string, new (input: unknown) => ec2.DescribeInstancesCommand>)[
  `${command}Command`
];
if (Command === undefined) throw new Error(`the SDK has no command ${command}`);

const outcome = await client.send(new Command(JSON.parse(input))).then(
  (answer) => ({ answer }),
  (error: Error & { readonly $metadata?: { readonly httpStatusCode?: number } }) => ({
    error: { code: error.name, message: error.message, status: error.$metadata?.httpStatusCode },
  }),
);
process.stdout.write(JSON.stringify(outcome));
