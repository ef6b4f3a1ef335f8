import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

interface QmpEvent {
  readonly event: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** QEMU's control protocol. Source: QEMU, "QEMU Machine Protocol Specification". */
export interface Qmp {
  /** @returns what QEMU answers. @throws with its own words, where it refuses */
  call(command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Resolves at the next event that fits. */
  next(fits: (event: QmpEvent) => boolean): Promise<void>;
  /** Called for each event from now on. */
  each(see: (event: QmpEvent) => void): void;
}

type Message = Partial<QmpEvent> & {
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
};

/** @param ended resolves with the reason when QEMU is gone: what waits for an answer then fails */
export async function connectQmp(input: Writable, output: Readable, ended: Promise<string>): Promise<Qmp> {
  const watchers = new Set<(event: QmpEvent) => void>();
  /** QEMU answers in the order in which it is asked. */
  const asked: { resolve(answer: unknown): void; reject(reason: Error): void }[] = [];
  const gone = ended.then((reason) => {
    throw new Error(`QEMU has ended: ${reason}`);
  });
  // Whoever waits hears of it.
  gone.catch(() => {});
  createInterface(output).on('line', (line) => {
    const message = JSON.parse(line) as Message;
    if (message.event !== undefined) {
      for (const see of watchers) see(message as QmpEvent);
    } else if (message.error !== undefined) asked.shift()?.reject(new Error(message.error.desc));
    else if ('return' in message) asked.shift()?.resolve(message.return);
  });
  const call: Qmp['call'] = (command, args = {}) => {
    const answered = new Promise((resolve, reject) => {
      asked.push({ resolve, reject: (reason) => reject(new Error(`QEMU, ${command}: ${reason.message}`)) });
      input.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    });
    return Promise.race([answered, gone]);
  };
  await call('qmp_capabilities');
  return {
    call,
    next: (fits) => {
      const seen = new Promise<void>((resolve) => {
        const see = (event: QmpEvent): void => {
          if (!fits(event)) return;
          watchers.delete(see);
          resolve();
        };
        watchers.add(see);
      });
      return Promise.race([seen, gone]);
    },
    each: (see) => {
      watchers.add(see);
    },
  };
}
