import { asAgentError } from '../core/failure.ts';
import type { Task } from './task.ts';

/** The name is for people; the kernel and the agent go by the number. */
export async function declareTable({ ports, settings }: Task): Promise<void> {
  try {
    await ports.tableNames.declare(settings.routingTable, settings.routingTableId);
  } catch (error) {
    ports.log.warn(`${asAgentError(error).message}; the table goes by its number ${settings.routingTableId}`);
  }
}

/** Where no rule leads into the table any more, its name means nothing. */
export async function undeclareTable({ ports, settings }: Task): Promise<void> {
  try {
    await ports.tableNames.undeclare(settings.routingTable);
  } catch (error) {
    ports.log.warn(`${asAgentError(error).message}; it only gives table ${settings.routingTable} its name`);
  }
}
