import { EC2_ENDPOINT } from '../sandbox-options.ts';
import { run } from './run.ts';

/**
 * `refused`: a connection is reset. `unreachable`: the router says that the host is not there. `black-hole`:
 * packets vanish, those of open connections too.
 */
export type Reach = 'on' | 'refused' | 'unreachable' | 'black-hole';

const VERDICTS: Readonly<Record<Exclude<Reach, 'on'>, string>> = {
  refused: 'meta l4proto tcp reject with tcp reset',
  unreachable: 'reject with icmp type host-unreachable',
  'black-hole': 'drop',
};

/** Cuts the router's own services off at the network, under the servers. */
export interface Reachability {
  /** @param from cut off only for this address; without it, for all */
  setEndpoint(reach: Reach, from?: string): Promise<void>;
  setMetadata(reach: Reach, from: string): Promise<void>;
}

export function createReachability(): Reachability {
  const rules = new Map<string, { readonly match: string; readonly reach: Reach }>();
  const set = async (key: string, match: string, reach: Reach): Promise<void> => {
    rules.set(key, { match, reach });
    const lines = [...rules.values()].flatMap((rule) =>
      rule.reach === 'on' ? [] : [`add rule ip reach incoming ${rule.match} ${VERDICTS[rule.reach]}`],
    );
    const table = [
      'add table ip reach',
      'delete table ip reach',
      'add table ip reach',
      'add chain ip reach incoming { type filter hook input priority 0; policy accept; }',
    ];
    await run(['nft', '-f', '-'], [...table, ...lines, ''].join('\n'));
  };
  return {
    setEndpoint: (reach, from) => {
      const source = from === undefined ? '' : `ip saddr ${from} `;
      return set(
        `endpoint ${from ?? 'all'}`,
        `${source}ip daddr ${EC2_ENDPOINT.host} tcp dport ${EC2_ENDPOINT.port}`,
        reach,
      );
    },
    setMetadata: (reach, from) =>
      set(`metadata ${from}`, `ip saddr ${from} ip daddr 169.254.169.254 tcp dport 80`, reach),
  };
}
