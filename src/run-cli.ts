import { createClock } from './adapters/clock.ts';
import { createAccount } from './adapters/operator/account.ts';
import { createCluster } from './adapters/operator/cluster.ts';
import { createHistory } from './adapters/operator/history.ts';
import { createHost } from './adapters/operator/host.ts';
import { createScreen } from './adapters/operator/screen.ts';
import { writeFile } from './adapters/operator/write-file.ts';
import { createDeadline } from './agent/deadline.ts';
import { recordPhases } from './agent/phases.ts';
import { runCli } from './cli/cli.ts';
import type { Outside } from './cli/outside.ts';
import { connect } from './connect.ts';
import { runDirectoryIn } from './ocf/invocation.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Runs a command for a person. @returns its exit code */
export function runCommand(words: readonly string[], env: Environment, version: string): Promise<number> {
  return runCli(words, version, createOutside(env));
}

function createOutside(env: Environment): Outside {
  const clock = createClock(0);
  return {
    screen: createScreen(env),
    cluster: createCluster(),
    account: createAccount(),
    host: createHost(),
    history: createHistory(),
    writeFile,
    clock,
    isRoot: process.getuid?.() === 0,
    connectToEniCreation: async (region, connection, timeoutMs) => {
      const { connectToEniCreation } = await import('./adapters/operator/eni-creation.ts');
      const end = AbortSignal.timeout(timeoutMs);
      return connectToEniCreation(region, connection, () => end);
    },
    connectToExamination: async (region, connection, timeoutMs) => {
      const { connectToExamination } = await import('./adapters/operator/ec2-examination.ts');
      const end = AbortSignal.timeout(timeoutMs);
      return connectToExamination(region, connection, () => end);
    },
    createTask: ({ settings, resource, timeoutMs, log, reached }) => {
      const startedMs = clock.nowMs();
      const deadline = createDeadline(clock, startedMs, timeoutMs, 'give it more with --timeout');
      const place = { name: resource, runDirectory: runDirectoryIn(env) };
      return {
        ports: connect(place, settings, deadline, clock, log),
        settings,
        deadline,
        phases: recordPhases(clock, startedMs, (line) => reached?.(line)),
      };
    },
  };
}
