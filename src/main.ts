import { writeSync } from 'node:fs';
import packageJson from '../package.json' with { type: 'json' };
import { isAction } from './ocf/actions.ts';
import { ExitCode } from './ocf/exit-code.ts';
import { readInvocation } from './ocf/invocation.ts';
import { metadata } from './ocf/metadata.ts';
import { usage } from './ocf/usage.ts';

/** The AWS SDK writes of Node versions to stderr, where Pacemaker looks for reasons; here is no Node. */
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
/** Without a session token the SDK would go on by the metadata service's version 1, which anyone's request can be turned into. */
process.env['AWS_EC2_METADATA_V1_DISABLED'] = 'true';

/** Credentials go over TLS: whom it is with is verified, whatever was once set somewhere to try something. */
delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];

/** Composition root: the only reader of arguments and environment, the only writer of the exit code. */
async function main(words: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const [word] = words;
  if (word === 'meta-data') return print(metadata(packageJson.version));
  if (word === 'usage') return print(usage());
  if (isAction(word)) {
    const { runAction } = await import('./run-action.ts');
    return runAction(readInvocation(word, env), env);
  }
  const { runCommand } = await import('./run-cli.ts');
  return runCommand(words, env, packageJson.version);
}

/** All of it, also into a pipe that is read slowly. */
function print(text: string): ExitCode {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(1, bytes, written);
  return ExitCode.success;
}

const exitCode = await main(process.argv.slice(2), process.env);
// What is written is written (writeSync); an open connection or timer must not keep Pacemaker waiting.
process.exit(exitCode);
