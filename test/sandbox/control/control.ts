import type { FaultRule } from '../http/faults.ts';
import type { Request } from '../http/request-log.ts';
import type { Iproute2Form } from '../machines/iproute2-form.ts';
import type { Reach } from '../network/create-reachability.ts';
import type { DhcpMode } from '../network/serve-dhcp.ts';
import type { MachinePlan } from '../plan-vpc.ts';
import type { RenamePolicy } from '../sandbox-options.ts';
import type { Edit } from '../world/edit.ts';
import type { Place } from '../world/place.ts';
import type { Instance, Latencies, View } from '../world/world-state.ts';

/** The truth, not what a describe would answer. */
interface WorldView extends View {
  readonly nowMs: number;
}

/** `off`: answers 403. */
export type ImdsMode = 'on' | 'off' | 'refused' | 'black-hole';

/**
 * What a test can do to the VPC and see of it. All of it goes over a socket: arguments and answers are JSON.
 * Each call returns when what it ordered is done, devices included.
 */
export interface Control {
  world(): Promise<WorldView>;
  requests(): Promise<readonly Request[]>;
  resetRequests(): Promise<void>;
  fault(rule: FaultRule): Promise<void>;
  clearFaults(): Promise<void>;
  /** Returns once a request stands still, by a fault `hold-before` or `hold-after`. */
  held(): Promise<void>;
  /** Lets all go on that stand still now. */
  release(): Promise<void>;
  setLatencies(latencies: Partial<Latencies>): Promise<void>;
  /** @throws for a policy document that IAM would not take */
  setPermissions(instanceId: string, permissions: Instance['permissions']): Promise<void>;
  /** Changes what no call that is modelled changes: flags, tags, groups. */
  edit(edit: Edit): Promise<void>;
  /** The guest no longer cooperates in detaching, and new devices do not show up. Its processes run on. */
  hang(instanceId: string): Promise<void>;
  unhang(instanceId: string): Promise<void>;
  /** The guest ends at once, and EC2 goes on to call the instance running. */
  crash(instanceId: string): Promise<void>;
  powerOff(instanceId: string): Promise<void>;
  terminate(instanceId: string): Promise<void>;
  boot(instanceId: string): Promise<void>;
  /** Returns when a node that is a machine is up again after it rebooted by itself: told to from inside, or by a panic. */
  restarted(instanceId: string): Promise<void>;
  /** Puts an ENI somewhere at once, for all eyes. */
  place(eniId: string, to: Place): Promise<void>;
  setImds(instanceId: string, mode: ImdsMode): Promise<void>;
  /** @param instanceId cut off only this one; without it, all */
  setEndpoint(reach: Reach, instanceId?: string): Promise<void>;
  setIproute2(instanceId: string, form: Iproute2Form): Promise<void>;
  setRename(policy: RenamePolicy): Promise<void>;
  /** How far AWS's calendar is ahead of the nodes', in ms: the nodes' clocks are wrong by so much. */
  setSkew(ms: number): Promise<void>;
  /** Whether describes answer in pages: an empty one first, then one thing on each. Default off. */
  setPaging(on: boolean): Promise<void>;
  /** Credentials handed out so far are no longer valid. */
  expireCredentials(): Promise<void>;
  /** Whether requests for DHCP are answered, in all subnets. Default off. */
  setDhcp(mode: DhcpMode): Promise<void>;
  /** Frames dropped because their source address was not the interface's own, by ENI id or `client`. */
  drops(): Promise<Readonly<Record<string, number>>>;
  /** What was asked that the sandbox does not model, and what went wrong in it. */
  violations(): Promise<readonly string[]>;
  /** Process of each machine that is on, as seen from outside. */
  pids(): Promise<Partial<Readonly<Record<MachinePlan['name'], number>>>>;
}
