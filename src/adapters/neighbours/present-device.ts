import { readdirSync } from 'node:fs';
import type { Mac } from '../../core/ids.ts';
import { textOf } from './text-of.ts';

const NET = '/sys/class/net';

/** A network device that is here now. */
export interface PresentDevice {
  readonly name: string;
  readonly ifindex: number;
  readonly mac: Mac;
}

export function findDevice(mac: Mac): PresentDevice | undefined {
  for (const name of readdirSync(NET)) {
    if (textOf(`${NET}/${name}/address`).trim() !== mac) continue;
    const ifindex = Number(textOf(`${NET}/${name}/ifindex`));
    if (ifindex > 0) return { name, ifindex, mac };
  }
  return undefined;
}
