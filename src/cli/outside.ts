import type { Task } from '../agent/task.ts';
import type { Settings } from '../core/settings.ts';
import type { Account } from '../ports/account.ts';
import type { Clock, Log } from '../ports/agent.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { Ec2Examination } from '../ports/ec2-examination.ts';
import type { EniCreation } from '../ports/eni-creation.ts';
import type { History } from '../ports/history.ts';
import type { Host } from '../ports/host.ts';
import type { Screen } from '../ports/screen.ts';
import type { Connection } from './connection-options.ts';

interface TaskOptions {
  readonly settings: Settings;
  /** Whose state and lock: the resource's name in the cluster, or `default`. */
  readonly resource: string;
  /** From now on. */
  readonly timeoutMs: number;
  readonly log: Log;
  /** Told of each phase as it is reached, such as `detached after 210 ms`. */
  readonly reached?: (line: string) => void;
}

/** All that commands need of the outside. */
export interface Outside {
  readonly screen: Screen;
  readonly cluster: Cluster;
  readonly account: Account;
  readonly clock: Clock;
  readonly host: Host;
  readonly history: History;
  /** Rejects with AgentError. */
  writeFile(path: string, text: string): Promise<void>;
  readonly isRoot: boolean;
  connectToEniCreation(region: string, connection: Connection, timeoutMs: number): Promise<EniCreation>;
  connectToExamination(region: string, connection: Connection, timeoutMs: number): Promise<Ec2Examination>;
  /** What the agent's own actions work with. */
  createTask(options: TaskOptions): Task;
}
