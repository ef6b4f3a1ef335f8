import { MetadataService } from '@aws-sdk/ec2-metadata-service';
import { parseAddress, parseCidr } from '../core/address.ts';
import type { Identity } from '../core/eni.ts';
import { AgentError, OutOfTime } from '../core/failure.ts';
import type { VpcId } from '../core/ids.ts';
import { isEniId, isInstanceId, isMac, isRegion, isVpcId } from '../core/ids.ts';
import { excerpt } from '../core/one-line.ts';
import type { EniTarget, InstanceMetadata, MetadataInterface } from '../ports/agent.ts';
import { inTime, Late } from './in-time.ts';

/** The service is on the same host; a longer silence means that it does not answer. */
const TIMEOUT_MS = 1_000;
/** A shorter silence says nothing about it: the time that was left is what ended the call. */
const FAIR_MS = 200;
/** Without the first slash: the library puts the endpoint's own before it. */
const MACS = 'latest/meta-data/network/interfaces/macs/';

/** What the service gives for a path; `undefined`: it says that there is no such thing. */
type Get = (path: string) => Promise<string | undefined>;

export function createInstanceMetadata(remainingMs: () => number): InstanceMetadata {
  const get = createGet(remainingMs);
  return {
    identity: async () => identityOf(await get('latest/dynamic/instance-identity/document')),
    vpcId: () => vpcId(get),
    findInterface: (target) => findInterface(get, target),
  };
}

async function vpcId(get: Get): Promise<VpcId> {
  const mac = (await get('latest/meta-data/mac'))?.trim();
  const id = isMac(mac) ? (await get(`${MACS}${mac}/vpc-id`))?.trim() : undefined;
  if (isVpcId(id)) return id;
  throw new AgentError(
    'transient',
    "the instance metadata service does not tell this instance's VPC; ask again later",
  );
}

/**
 * The instance metadata service, version 2 only: without a token nothing is asked. No question takes more than half of
 * what is left, so that who can do without the answer still has time to.
 */
export function createGet(remainingMs: () => number): Get {
  // The library would fetch a token for each request, and go on without one where it gets none.
  const service = new MetadataService({
    disableFetchToken: true,
    ec2MetadataV1Disabled: false,
    retries: 0,
    // Later than our own, which also ends an answer that drips in byte by byte.
    httpOptions: { timeout: 2 * TIMEOUT_MS },
  });
  const patienceMs = (): number => Math.min(TIMEOUT_MS, remainingMs() / 2);
  let token: Promise<string> | undefined;
  return async (path) => {
    if (isDisabled()) throw disabled();
    let givenMs = patienceMs();
    try {
      token ??= inTime(service.fetchMetadataToken(), givenMs, 'its session token: it');
      const headers = { 'x-aws-ec2-metadata-token': await token };
      givenMs = patienceMs();
      return await inTime(service.request(path, { headers }), givenMs);
    } catch (error) {
      if ((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404)
        return undefined;
      // It may be the token that is no longer good.
      token = undefined;
      if (error instanceof Late && givenMs < FAIR_MS)
        throw new OutOfTime(`asking the instance metadata service for ${path}`, givenMs, error);
      throw new AgentError(
        'transient',
        `asking the instance metadata service for ${path}: ${wordsOf(error)}; check that this is an EC2 instance with its metadata service (version 2) on`,
        { cause: error },
      );
    }
  };
}

/** As for the SDK's credentials, which the library for the metadata service itself does not go by. */
function isDisabled(): boolean {
  const said = process.env['AWS_EC2_METADATA_DISABLED'];
  return said !== undefined && said !== '' && said !== 'false';
}

function disabled(): AgentError {
  return new AgentError(
    'node',
    'AWS_EC2_METADATA_DISABLED is set, so the instance metadata service is not asked, and nobody else can tell which instance this is, or give it the credentials of its role; take it out of the environment of Pacemaker (/etc/sysconfig/pacemaker)',
  );
}

/** What came back, without the library's own prose around it. */
function wordsOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const [, status] = /status code (\d{3})/.exec(text) ?? [];
  const what = /metadata token/.test(text) ? 'its session token: ' : '';
  if (status === '200') return `${what}it answered with nothing`;
  if (status !== undefined) return `${what}it answered HTTP ${status}`;
  return excerpt(
    text.replace(
      /^Error (?:making request to the metadata service|fetching metadata token): (?:\w*Error: )?/,
      what,
    ),
  );
}

function identityOf(document: string | undefined): Identity {
  try {
    const { instanceId, instanceType, region, availabilityZone } = JSON.parse(document ?? '') as Record<
      string,
      unknown
    >;
    if (isInstanceId(instanceId) && isName(instanceType) && isRegion(region) && isName(availabilityZone)) {
      return { instanceId, instanceType, region, availabilityZone };
    }
  } catch {
    // Said below, as for a document that lacks a field.
  }
  throw new AgentError(
    'transient',
    'the instance metadata service gave no instance identity document; ask again later',
  );
}

/** The listing may still show an interface that is gone, and not yet all values of one that came: those do not count. */
async function findInterface(get: Get, target: EniTarget): Promise<MetadataInterface | undefined> {
  const listing = (await get(MACS)) ?? '';
  const macs = listing
    .split('\n')
    .map((line) => line.trim().replace(/\/$/, ''))
    .filter(isMac);
  const found = await Promise.all(macs.map((mac) => describe(get, mac)));
  return found.find(
    (one) =>
      one !== undefined &&
      ('eniId' in target ? one.eniId === target.eniId : one.addresses.includes(target.ip)),
  );
}

async function describe(get: Get, mac: MetadataInterface['mac']): Promise<MetadataInterface | undefined> {
  const [eniId, ipv4, ipv6, cidr, ipv6Cidrs] = await Promise.all(
    ['interface-id', 'local-ipv4s', 'ipv6s', 'subnet-ipv4-cidr-block', 'subnet-ipv6-cidr-blocks'].map((key) =>
      get(`${MACS}${mac}/${key}`),
    ),
  );
  const subnetCidrs = [...lines(cidr), ...lines(ipv6Cidrs)].flatMap((text) => parseCidr(text) ?? []);
  const addresses = [...lines(ipv4), ...lines(ipv6)].flatMap((text) => parseAddress(text) ?? []);
  const id = eniId?.trim() ?? '';
  return isEniId(id) && subnetCidrs.length > 0 && addresses.length > 0
    ? { eniId: id, mac, addresses, subnetCidrs }
    : undefined;
}

function lines(text: string | undefined): readonly string[] {
  return (text ?? '').split('\n').filter((line) => line !== '');
}

/** What is looked for in EC2 by it may be anything but a way out of the request. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z0-9][a-z0-9.-]{0,63}$/i.test(value);
}
