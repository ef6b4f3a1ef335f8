import type { Mac } from '../../core/ids.ts';
import { nameOf } from '../sysfs.ts';
import { textOf } from './text-of.ts';

const NET = '/sys/class/net';

/** A network device that is here now. */
export interface PresentDevice {
  readonly name: string;
  readonly ifindex: number;
  readonly mac: Mac;
}

export function findDevice(mac: Mac): PresentDevice | undefined {
  const name = nameOf(mac);
  const ifindex = name === undefined ? 0 : Number(textOf(`${NET}/${name}/ifindex`));
  return name === undefined || ifindex === 0 ? undefined : { name, ifindex, mac };
}
