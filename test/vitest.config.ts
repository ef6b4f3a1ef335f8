import { defineConfig } from 'vitest/config';
import { LongestFirst } from './longest-first.ts';

/** Tests that change the network of the namespace they run in; test/run.ts gives them one. */
const kernelTests = 'test/**/*.kernel.test.ts';

/** Tests that measure when a process ends, and so have the processors to themselves. */
const measuredTests = 'test/scenarios/deadlines/*.test.ts';

/**
 * Whether a policy such as SELinux's confines `ip` on the sandbox's nodes: the agent has more to do there, so most
 * scenarios are for these, and some for both. Clusters, the demo and the bench have bare nodes.
 */
const CONFINED = { AWS_ENI_NODES: process.env['AWS_ENI_NODES'] ?? 'confined' };

/** Scenarios in which the agent above all looks at its node, by every way of reading there is. */
const alsoBare = ['monitor', 'start', 'old-iproute2'].map((name) => `test/scenarios/${name}.test.ts`);

const inSandboxes = {
  pool: 'forks',
  // Some wait for EC2, some use a processor.
  maxWorkers: 3,
  maxConcurrency: 10,
  testTimeout: 60_000,
  hookTimeout: 60_000,
} as const;

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    // Of the decisions alone: the rest is tried as the executable, which no coverage sees.
    coverage: {
      include: ['src/core/**', 'src/ocf/**'],
      reporter: [['text-summary']],
      reportsDirectory: 'dist/coverage',
      thresholds: { statements: 95, branches: 94, functions: 95, lines: 95 },
    },
    projects: [
      {
        test: {
          name: 'unit',
          root: new URL('..', import.meta.url).pathname,
          include: ['test/{core,ocf,agent,adapters,cli,contracts,packaging}/**/*.test.ts', 'test/*.test.ts'],
          exclude: [kernelTests],
          pool: 'forks',
          // Thousands of inputs, on a machine that may be busy.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'kernel',
          root: new URL('..', import.meta.url).pathname,
          include: [kernelTests],
          pool: 'forks',
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'deadlines',
          env: CONFINED,
          root: new URL('..', import.meta.url).pathname,
          include: [measuredTests],
          pool: 'forks',
          fileParallelism: false,
          maxConcurrency: 8,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'rpm',
          root: new URL('..', import.meta.url).pathname,
          include: ['test/rpm/**/*.test.ts'],
          pool: 'forks',
          // As many as the project that it runs beside.
          maxWorkers: 7,
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'cluster',
          root: new URL('..', import.meta.url).pathname,
          include: ['test/cluster/**/*.test.ts'],
          pool: 'forks',
          // They wait for Pacemaker most of the time.
          maxWorkers: 7,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'machines',
          root: new URL('..', import.meta.url).pathname,
          include: ['test/machines/**/*.test.ts'],
          pool: 'forks',
          // An emulated machine keeps one processor busy.
          maxWorkers: 2,
          // Five at once have less than half of a processor each, and some wait for a daemon's own time limits.
          maxConcurrency: 4,
          testTimeout: 900_000,
          // The first machine of a kind boots.
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'sandbox',
          env: CONFINED,
          root: new URL('..', import.meta.url).pathname,
          include: ['test/{sandbox,scenarios,conformance}/**/*.test.ts'],
          exclude: [measuredTests],
          ...inSandboxes,
        },
      },
      {
        test: {
          name: 'bare',
          env: { AWS_ENI_NODES: 'bare' },
          root: new URL('..', import.meta.url).pathname,
          include: alsoBare,
          ...inSandboxes,
        },
      },
    ],
  },
});
