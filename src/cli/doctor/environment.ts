import { excerpt, withoutUser } from '../../core/one-line.ts';
import type { Reading } from '../../core/reading.ts';
import { absent, present } from '../../core/reading.ts';
import type { Host } from '../../ports/host.ts';
import { findExecutor } from './executor.ts';

/** A variable that matters to the agent and is not the same here as for Pacemaker's agents. */
export interface Difference {
  readonly name: string;
  /** As it may be shown; `undefined`: unset, or empty. */
  readonly here: string | undefined;
  readonly there: string | undefined;
  /** Pacemaker's file sets it in a way that systemd ignores. */
  readonly isExported: boolean;
}

type Environment = Readonly<Record<string, string>>;

/** Read in lower case, too, which comes first. */
const PROXIES = ['HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'];
const OTHERS = ['SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS', 'HOME'];

/** Of AWS's own variables those whose values are no secrets. */
const SHOWN =
  /^(?:AWS_(?:CA_BUNDLE|PROFILE|CONFIG_FILE|SHARED_CREDENTIALS_FILE|EC2_METADATA_(?!SERVICE_ENDPOINT$)\w+|(?:DEFAULT_)?REGION|USE_\w+_ENDPOINT)|SSL_CERT_\w+|NODE_EXTRA_CA_CERTS|HOME|NO_PROXY)$/;

const PLACES = /^(?:HTTPS_PROXY|ALL_PROXY|AWS_ENDPOINT_URL\w*|AWS_EC2_METADATA_SERVICE_ENDPOINT)$/;

/** Where distributions keep it: SLES and Red Hat, Debian. */
const FILES = ['/etc/sysconfig/pacemaker', '/etc/default/pacemaker'];

/** Where this process's environment differs from that of Pacemaker's agents; `absent`: Pacemaker does not run here. */
export async function lookAtEnvironments(host: Host): Promise<Reading<readonly Difference[]>> {
  const executor = await findExecutor(host);
  if (executor === undefined) return absent;
  const [own, its] = [await host.file('/proc/self/environ'), await host.file(`${executor}/environ`)];
  // A process that is gone meanwhile has none.
  if (own.state !== 'present') return own;
  if (its.state !== 'present') return its;
  const exported = await exportedNames(host);
  const [here, there] = [parse(own.value), parse(its.value)];
  const names = [...Object.keys(here), ...Object.keys(there)].filter((name) => name.startsWith('AWS_'));
  return present(
    [...PROXIES, ...OTHERS, ...new Set(names)]
      .filter((name) => effective(here, name) !== effective(there, name))
      .map((name) => ({
        name,
        here: shown(name, effective(here, name)),
        there: shown(name, effective(there, name)),
        isExported: exported.includes(name),
      })),
  );
}

function parse(environ: string): Environment {
  const pairs = environ.split('\0').flatMap((entry) => {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(entry) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(pairs);
}

/** What the agent goes by. */
function effective(environment: Environment, name: string): string | undefined {
  const lower = PROXIES.includes(name) ? environment[name.toLowerCase()] : undefined;
  // Without HOME its files are looked for where the user's entry says; the agent is root.
  return lower || environment[name] || (name === 'HOME' ? '/root' : undefined);
}

function shown(name: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  // Of a place, what is asked there can be as secret as who asks.
  if (PLACES.test(name)) return excerpt(withoutUser(value).replace(/[?#].*$/s, ''));
  return SHOWN.test(name) ? excerpt(value) : '(not shown)';
}

/** Source: systemd.exec(5), EnvironmentFile=: lines are assignments, and no shell reads them. */
async function exportedNames(host: Host): Promise<readonly string[]> {
  const texts = await Promise.all(FILES.map((path) => host.file(path)));
  return texts
    .flatMap((text) => (text.state === 'present' ? [...text.value.matchAll(/^\s*export\s+(\w+)=/gm)] : []))
    .map(([, name = '']) => (PROXIES.includes(name.toUpperCase()) ? name.toUpperCase() : name));
}
