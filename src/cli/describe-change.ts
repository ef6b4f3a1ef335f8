import { everything, familyOf } from '../core/address.ts';
import type { Change } from '../core/kernel.ts';
import type { Settings } from '../core/settings.ts';

/** A change of the kernel's configuration in words, without a full stop. */
export function describeChange(change: Change, { routingTable }: Settings): string {
  switch (change.do) {
    case 'set-link':
      return `set ${change.device} ${change.up ? 'up' : 'down'}`;
    case 'set-mtu':
      return `set the MTU of ${change.device} to ${change.mtu}`;
    case 'add-address':
      return `put ${change.address.address}/${change.address.prefixLength} on ${change.device}`;
    case 'delete-address':
      return `take ${change.address.address} off ${change.device}`;
    case 'replace-route':
    case 'delete-route': {
      const { to, via, device } = change.route;
      const what = to === everything(familyOf(to)) ? 'the default route' : `the route to ${to}`;
      const way = via === undefined ? `on ${device}` : `by ${via} on ${device}`;
      return change.do === 'replace-route'
        ? `put ${what} ${way} into table ${routingTable}`
        : `delete ${what} ${way} from table ${routingTable}`;
    }
    case 'add-rule':
      return `add rule ${change.rule.priority}: from ${change.rule.from} lookup ${routingTable}`;
    case 'delete-rule':
      return `delete rule ${change.rule.priority}: from ${change.rule.from}`;
    default:
      return change satisfies never;
  }
}
