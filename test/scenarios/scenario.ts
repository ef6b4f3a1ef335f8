import { expect, test } from 'vitest';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import type { SandboxOptions } from '../sandbox/sandbox-options.ts';
import { quick } from './agent.ts';

/**
 * A test in a VPC of its own, in a hurry unless `options` say otherwise. It fails when anything was asked of the VPC that
 * it does not model.
 */
export function scenarioIn(options: SandboxOptions) {
  return test.extend<{ readonly sandbox: Sandbox }>({
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of the fixtures that this one needs
    sandbox: async ({}, use) => {
      const sandbox = await startSandbox({ latencies: quick, ...options });
      try {
        await use(sandbox);
        expect(await sandbox.violations()).toEqual([]);
      } finally {
        await sandbox.close();
      }
    },
  });
}

export const scenario = scenarioIn({});
