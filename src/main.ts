import packageJson from '../package.json' with { type: 'json' };
import { Unread, writeAll, writeLine } from './adapters/write-line.ts';
import { asAgentError } from './core/failure.ts';
import { isAction } from './ocf/actions.ts';

/** The AWS SDK writes of Node versions to stderr, where Pacemaker looks for reasons; here is no Node. */
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
/** Without a session token the SDK would go on by the metadata service's version 1, which anyone's request can be turned into. */
process.env['AWS_EC2_METADATA_V1_DISABLED'] = 'true';

/** It would have the SDK ask the metadata service for the role's secret key through a proxy, in clear text. */
delete process.env['NODE_USE_ENV_PROXY'];

/** Credentials go over TLS: whom it is with is verified, whatever was once set somewhere to try something. */
delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];

// Inherited as ignored, it would have the kernel take away how programs ended before we ask; a handler undoes that.
process.on('SIGCHLD', () => undefined);

/** Composition root: the only reader of arguments and environment, the only writer of the exit code. */
async function main(words: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const [word] = words;
  // Each is loaded when it is called for: a monitor needs none of it.
  if (word === 'meta-data') {
    const { metadata } = await import('./ocf/metadata.ts');
    return print(metadata(packageJson.version));
  }
  if (word === 'usage') {
    const { usage } = await import('./ocf/usage.ts');
    return print(usage());
  }
  if (isAction(word)) {
    const { runAction } = await import('./run-action.ts');
    return runAction(word, env);
  }
  const { runCommand } = await import('./run-cli.ts');
  return runCommand(words, env, packageJson.version);
}

/** Of success; the table of codes would be one more file for each monitor to load. */
const DONE = 0;

function print(text: string): number {
  try {
    writeAll(1, text);
  } catch (error) {
    // Who closes a pipe has read enough.
    if (!(error instanceof Unread)) throw error;
  }
  return DONE;
}

/** Of whatever was not foreseen; in OCF's words and in those of the commands. */
const FAILED = 1;

/** In one line: the runtime would print lines of our source, in which Pacemaker would look for a reason. */
function giveUp(error: unknown): never {
  writeLine(2, asAgentError(error).message);
  process.exit(FAILED);
}

process.on('uncaughtException', giveUp);
process.on('unhandledRejection', giveUp);

const exitCode = await main(process.argv.slice(2), process.env).catch(giveUp);
// What is written is written (writeSync); an open connection or timer must not keep Pacemaker waiting.
process.exit(exitCode);
