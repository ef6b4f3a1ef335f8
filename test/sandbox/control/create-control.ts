import { setImmediate as nextTurn } from 'node:timers/promises';
import { parsePolicy } from '../iam/policy.ts';
import { iproute2Script } from '../machines/iproute2-form.ts';
import type { Reachability } from '../network/create-reachability.ts';
import { run } from '../network/run.ts';
import type { Dhcp } from '../network/serve-dhcp.ts';
import type { MachinePlan } from '../plan-vpc.ts';
import type { ServiceContext } from '../service-context.ts';
import type { Vpc } from '../start-vpc.ts';
import type { Control, ImdsMode } from './control.ts';

export interface ControlParts {
  readonly context: ServiceContext;
  readonly vpc: Vpc;
  readonly reachability: Reachability;
  readonly dhcp: Dhcp;
  /** Returns when all device events so far have been carried out. */
  readonly followed: () => Promise<void>;
  /** Does something to machines, after all events so far. */
  readonly inTurn: (job: () => Promise<void>) => Promise<void>;
  readonly imdsModes: Map<string, ImdsMode>;
  readonly violations: readonly string[];
  /** Directory with iproute2's files as this machine has them. */
  readonly iproute2: string;
  /** Sets AWS's calendar ahead of this machine's. */
  readonly setSkew: (ms: number) => void;
  readonly setPaging: (on: boolean) => void;
}

export function createControl(parts: ControlParts): Control {
  const { context, vpc, reachability, followed, inTurn } = parts;
  const { world, clock, faults, gate, requests, credentials } = context;
  const machineOf = (instanceId: string): MachinePlan => {
    const found = vpc.plan.machines.find((machine) => machine.instanceId === instanceId);
    if (found === undefined) throw new Error(`no instance ${instanceId}`);
    return found;
  };
  const addressOf = (instanceId: string): string =>
    (machineOf(instanceId).addresses[0] ?? '').replace(/\/\d+$/, '');
  return {
    world: async () => {
      const { enis, instances, nowMs } = world.actual(clock.nowMs());
      return { enis, instances, nowMs };
    },
    requests: async () => requests.all(),
    resetRequests: async () => requests.reset(),
    fault: async (rule) => faults.add(clock.nowMs(), rule),
    clearFaults: async () => faults.clear(),
    held: () => gate.occupied(),
    release: async () => {
      gate.open();
      // What stood before its effect has it by then.
      await nextTurn();
      await followed();
    },
    setLatencies: async (latencies) => world.setLatencies(clock.nowMs(), latencies),
    setPermissions: async (id, permissions) => {
      if (permissions !== 'all' && 'policy' in permissions) parsePolicy(permissions.policy);
      world.setPermissions(clock.nowMs(), id, permissions);
    },
    edit: async (what) => world.edit(clock.nowMs(), what),
    hang: async (id) => world.hang(clock.nowMs(), id),
    unhang: async (id) => {
      world.unhang(clock.nowMs(), id);
      await followed();
    },
    crash: async (id) => {
      world.hang(clock.nowMs(), id);
      await inTurn(() => vpc.stop(machineOf(id).name));
    },
    powerOff: async (id) => {
      world.powerOff(clock.nowMs(), id);
      await inTurn(() => vpc.stop(machineOf(id).name));
    },
    terminate: async (id) => {
      world.terminate(clock.nowMs(), id);
      await inTurn(() => vpc.stop(machineOf(id).name));
    },
    boot: async (id) => {
      const { name } = machineOf(id);
      if (vpc.pidOf(name) !== undefined) throw new Error(`${id} is running`);
      await inTurn(() => vpc.start(name));
      world.boot(clock.nowMs(), id);
      await followed();
      await vpc.up(name);
    },
    restarted: (id) => vpc.restarted(machineOf(id).name),
    place: async (eniId, to) => {
      world.place(clock.nowMs(), eniId, to);
      await followed();
    },
    setImds: async (id, mode) => {
      parts.imdsModes.set(id, mode);
      await reachability.setMetadata(mode === 'off' ? 'on' : mode, addressOf(id));
    },
    setEndpoint: (reach, id) => reachability.setEndpoint(reach, id === undefined ? undefined : addressOf(id)),
    setIproute2: async (id, form) => {
      const pid = vpc.pidOf(machineOf(id).name);
      if (pid === undefined) throw new Error(`${id} is off`);
      await run(['nsenter', '-t', `${pid}`, '-m', '--', 'sh', '-c', iproute2Script(form, parts.iproute2)]);
    },
    setRename: async (policy) => vpc.setRename(policy),
    setSkew: async (ms) => parts.setSkew(ms),
    setPaging: async (on) => parts.setPaging(on),
    expireCredentials: async () => credentials.expireAll(clock.calendarMs()),
    setDhcp: async (mode) => parts.dhcp.set(mode),
    drops: () => vpc.guard.drops(),
    violations: async () => parts.violations,
    pids: async () =>
      Object.fromEntries(vpc.plan.machines.map(({ name }) => [name, vpc.pidOf(name)])) as Awaited<
        ReturnType<Control['pids']>
      >,
  };
}
