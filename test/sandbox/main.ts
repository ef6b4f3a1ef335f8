import { cp, mkdir } from 'node:fs/promises';
import type { ImdsMode } from './control/control.ts';
import { createControl } from './control/create-control.ts';
import { serveControl } from './control/serve-control.ts';
import { serveEc2 } from './ec2/serve-ec2.ts';
import { followWorld } from './follow-world.ts';
import { createFaults } from './http/faults.ts';
import { createGate } from './http/gate.ts';
import { createRequestLog } from './http/request-log.ts';
import { createCredentialStore } from './imds/credentials.ts';
import { serveMetadata } from './imds/serve-metadata.ts';
import { createReachability } from './network/create-reachability.ts';
import { run } from './network/run.ts';
import { serveDhcp } from './network/serve-dhcp.ts';
import type { SandboxOptions } from './sandbox-options.ts';
import type { Clock, ServiceContext } from './service-context.ts';
import { startVpc } from './start-vpc.ts';
import { createWorld } from './world/create-world.ts';

/** The VPC's process, in namespaces that startSandbox made for it: `main.ts SCRATCH OPTIONS-AS-JSON`. */
async function main(scratch: string, options: SandboxOptions): Promise<void> {
  const startedAt = new Date();
  let skewMs = 0;
  let isPaging = false;
  const clock: Clock = {
    nowMs: () => performance.now(),
    calendarMs: () => Date.now() + skewMs,
    startedAt,
  };
  const violations: string[] = [];
  // In this process's mount namespace only: it goes when the process does, however that ends.
  const disks = `${scratch}/disks`;
  await mkdir(disks);
  await run(['mount', '-t', 'tmpfs', 'tmpfs', disks]);
  const iproute2 = `${disks}/iproute2`;
  await cp('/etc/iproute2', iproute2, { recursive: true });
  const vpc = await startVpc(options, disks, scratch);
  await Promise.all(vpc.plan.machines.map(({ name }) => vpc.start(name)));
  const world = createWorld(vpc.plan.world);
  const { follow, followed, inTurn } = followWorld(world, vpc, clock, (problem) => violations.push(problem));
  await followed();
  if (violations.length > 0) throw new Error(violations.join('\n'));
  await Promise.all(vpc.plan.machines.map(({ name }) => vpc.up(name)));
  const context: ServiceContext = {
    world,
    follow,
    clock,
    faults: createFaults(),
    gate: createGate(),
    requests: createRequestLog(),
    credentials: createCredentialStore(),
    instanceAt: (nowMs, address) =>
      Object.values(world.actual(nowMs).enis).find(({ ipv4 }) => ipv4.includes(address))?.attachment
        ?.instanceId,
    isPaging: () => isPaging,
    violated: (what) => violations.push(what),
  };
  const imdsModes = new Map<string, ImdsMode>();
  const reachability = createReachability();
  await serveEc2(context, options.throttling ?? {});
  await serveMetadata(context, (id) => imdsModes.get(id) === 'off');
  const control = createControl({
    context,
    vpc,
    reachability,
    dhcp: await serveDhcp(vpc.plan),
    followed,
    inTurn,
    imdsModes,
    violations,
    iproute2,
    setSkew: (ms) => {
      skewMs = ms;
    },
    setPaging: (on) => {
      isPaging = on;
    },
  });
  await serveControl(control, `${scratch}/control`);
  process.stdout.write('ready\n');
}

const [scratch = '', options = '{}'] = process.argv.slice(2);
await main(scratch, JSON.parse(options) as SandboxOptions);
