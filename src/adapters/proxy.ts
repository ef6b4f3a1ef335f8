import { contains, parseAddress, parseCidr } from '../core/address.ts';
import { AgentError } from '../core/failure.ts';
import { oneLine, withoutUser } from '../core/one-line.ts';

/** Where a request goes, as the SDK and URL have it. */
export interface Target {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
}

/** The first that is set counts. An empty one is none. */
const NAMES = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'] as const;

/**
 * The proxy on the way to `target`, by HTTPS_PROXY and NO_PROXY as curl and the AWS CLI read them; `undefined`: straight.
 * For EC2 and who gives the credentials for it alone: through a proxy the metadata service would tell of the proxy's
 * instance.
 * @throws {AgentError} where what is named is no proxy that can be used
 */
export function proxyFor({ protocol, hostname, port = 443 }: Target): URL | undefined {
  const name = NAMES.find((one) => process.env[one]);
  if (name === undefined || protocol !== 'https:' || isExcepted(hostname, port)) return undefined;
  return parseProxy(name, process.env[name]?.trim() ?? '');
}

/** Without user and password. */
export function shownProxy({ protocol, host }: URL): string {
  return oneLine(`${protocol}//${host}`);
}

function parseProxy(name: string, text: string): URL {
  const url = text.includes('://') ? text : `http://${text}`;
  try {
    const proxy = new URL(url);
    // What is no percent-encoding would end in an error of the connection.
    decodeURIComponent(proxy.username + proxy.password);
    if (/^https?:$/.test(proxy.protocol) && proxy.hostname !== '') return proxy;
  } catch {
    // Said below, without what the error may quote of a password.
  }
  throw new AgentError(
    'node',
    `${name} is no proxy that the agent can use: ${withoutUser(url)}; write it as http://HOST:PORT, a password's special characters as %XX`,
  );
}

/** Whether NO_PROXY names the host, a domain that it is in, or a network that it is in. */
function isExcepted(hostname: string, port: number): boolean {
  const host = bare(hostname);
  const address = parseAddress(host);
  return (process.env['NO_PROXY'.toLowerCase()] || process.env['NO_PROXY'] || '')
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const network = address === undefined ? undefined : parseCidr(bare(entry));
      if (address !== undefined && network !== undefined) return contains(network, address);
      const [, name = entry, itsPort] = /^(.*):(\d+)$/.exec(entry) ?? [];
      const domain = bare(name).replace(/^\*?\./, '');
      if (itsPort !== undefined && Number(itsPort) !== port) return false;
      return host === domain || (address === undefined && host.endsWith(`.${domain}`));
    });
}

/** Of an IPv6 address without its brackets, of a name without the dot at its end. */
function bare(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}
