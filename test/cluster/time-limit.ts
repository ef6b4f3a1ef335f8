import type { FaultRule } from '../sandbox/http/faults.ts';
import type { Cluster } from './cluster.ts';
import type { IpStep } from './stall-agent.ts';

/** A configuration in which a request that hangs does so until Pacemaker's limit: the agent's own is longer. */
export const shortLimits = {
  'params eni_id=eni-0a1b2c3d4e5f60718': 'params eni_id=eni-0a1b2c3d4e5f60718 request_timeout=60s',
  'op start timeout=180s': 'op start timeout=8s',
  'op stop timeout=180s': 'op stop timeout=8s',
  'op monitor timeout=30s interval=20s': 'op monitor timeout=5s interval=5s',
} as const;

/** Where an action is when its time is up. */
export interface Step {
  readonly where: string;
  /** The ENI is free when the action begins; otherwise the other node has it. */
  readonly isFree?: true;
  /** Has the step hang; where it is not said, a call of ip does. */
  readonly hang?: (cluster: Cluster) => Promise<void>;
  /** Ends what `hang` began, once the action has been ended. */
  readonly mend?: (cluster: Cluster) => Promise<void>;
  readonly ip?: IpStep;
}

/** Done, and the answer comes when nobody waits for it any more. */
export const tooLate = { delayMs: 60_000 } as const;

/** The next call of this action does not end. */
export function ec2(action: string, fault: FaultRule['do']): Pick<Step, 'hang'> {
  const rule: FaultRule = { match: { service: 'ec2', action }, times: 1, do: fault };
  return { hang: ({ sandbox }) => sandbox.fault(rule) };
}

/** The guest neither lets go of a device nor shows a new one. */
export function hungGuest(name: 'a' | 'b'): Required<Pick<Step, 'hang' | 'mend'>> {
  return {
    hang: ({ sandbox }) => sandbox.hang(sandbox.nodes[name].instanceId),
    mend: ({ sandbox }) => sandbox.unhang(sandbox.nodes[name].instanceId),
  };
}
