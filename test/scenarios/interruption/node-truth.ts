import type { SandboxNode } from '../../sandbox/sandbox.ts';

/** What a node's kernel and disk say of the service, read without the agent. */
export interface NodeTruth {
  /** Everything that start leaves, each piece there or not. Source: the README's listing. */
  readonly pieces: Readonly<
    Record<'link up' | 'address' | 'rule' | 'subnet route' | 'default route', boolean>
  >;
  readonly hasDevice: boolean;
  readonly hasState: boolean;
  /** What tells other software to leave the ENI alone: the agent's files, and what udev has read of them. */
  readonly notices: readonly string[];
  /** All rules, routes and addresses of the node that are not the service's. */
  readonly foreign: readonly string[];
}

/** What monitor has to say of it: the service runs, does not, or in part. */
export function verdictOf({ pieces }: NodeTruth): 0 | 7 | 1 {
  const there = Object.values(pieces);
  if (there.every((piece) => piece)) return 0;
  return there.includes(true) ? 1 : 7;
}

/** As few processes as it takes: it is looked at thousands of times. */
const LOOK = `ip -o -N -batch - <<END
link show
address show
rule show
route show table all
END
ip -o -6 -N -batch - <<END
rule show
route show table all
END
printf 'file %s\\n' /run/resource-agents/* /run/systemd/network/* /run/udev/rules.d/* /run/udev/heard*`;

const LINK = /^\d+: [^ ]+: </;
const ADDRESS = /^\d+: [^ ]+ +inet/;
const RULE = /^\d+:\t/;
const FILE = /^file /;
const OWN_RULE = /^100:\s+from 10\.2\.0\.10 lookup 100\s*$/;

/** @param mac of the service's ENI */
export async function readTruth(node: SandboxNode, mac: string): Promise<NodeTruth> {
  const { stdout } = await node.exec('sh', ['-c', LOOK]);
  const lines = stdout.split('\n').filter((line) => line.trim() !== '');
  const addresses = lines.filter((line) => ADDRESS.test(line));
  const rules = lines.filter((line) => RULE.test(line));
  const routes = lines.filter((line) => ![LINK, ADDRESS, RULE, FILE].some((form) => form.test(line)));
  const link = lines.find((line) => LINK.test(line) && line.includes(mac)) ?? '';
  const device = /^\d+: ([^:@]+)/.exec(link)?.[1];
  const isOwnAddress = (line: string): boolean => device !== undefined && line.split(/\s+/)[1] === device;
  const isOwnRoute = (line: string): boolean =>
    device !== undefined && `${line} `.includes(` dev ${device} `);
  const ownRoutes = routes.filter(isOwnRoute).map((line) => line.replace(` dev ${device}`, ''));
  const foreign = [
    ...addresses
      .filter((line) => !isOwnAddress(line))
      .map((line) => line.replace(/^\d+: /, '').replace(/\s+valid_lft.*$/, '')),
    ...rules.filter((line) => !OWN_RULE.test(line)),
    ...routes.filter((line) => !isOwnRoute(line)),
  ];
  return {
    pieces: {
      'link up': /<[^>]*\bUP\b[^>]*>/.test(link),
      address: addresses.some((line) => isOwnAddress(line) && line.includes(' 10.2.0.10/24 ')),
      rule: rules.some((line) => OWN_RULE.test(line)),
      'subnet route': ownRoutes.some((line) => line.startsWith('10.2.0.0/24 table 100 ')),
      'default route': ownRoutes.some((line) => line.startsWith('default via 10.2.0.1 table 100 ')),
    },
    hasDevice: device !== undefined,
    hasState: lines.some((line) => FILE.test(line) && line.includes('.json')),
    notices: lines
      .filter((line) => FILE.test(line) && /aws-eni/.test(line) && !line.includes('/resource-agents/'))
      .map((line) => line.replace(FILE, '')),
    // The kernel adds and takes these by itself, some time after a link came up.
    foreign: foreign.filter((line) => !/fe80::|ff00::/.test(line)).toSorted(),
  };
}
