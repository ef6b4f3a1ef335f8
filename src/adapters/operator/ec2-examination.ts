import type { EC2Client } from '@aws-sdk/client-ec2';
import {
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
} from '@aws-sdk/client-ec2';
import { AgentError } from '../../core/failure.ts';
import type { Ec2Contact, Ec2Examination } from '../../ports/ec2-examination.ts';
import { chosenProfile } from '../aws-profile.ts';
import type { ConnectionSettings } from '../ec2-connection.ts';
import { clientFactory } from '../ec2-connection.ts';
import { translate } from '../ec2-errors.ts';
import { wrongShape } from '../ec2-model.ts';
import { allPages } from '../ec2-pages.ts';
import { proxyFor, shownProxy } from '../proxy.ts';
import { renewCredentials } from '../renew-credentials.ts';
import { credentialSource } from './credential-source.ts';
import { sendDryRun, tryCall } from './try-call.ts';

/** EC2 of `region`, to be examined. */
export async function connectToExamination(
  region: string,
  settings: ConnectionSettings,
  signal: () => AbortSignal,
): Promise<Ec2Examination> {
  const create = await clientFactory(region, settings);
  let contact: Omit<Ec2Contact, 'tookMs' | 'proxy'> | undefined;
  const observed = (): EC2Client => observe(create(), (seen) => (contact ??= seen));
  const client = renewCredentials(observed, chosenProfile(settings.profile));
  const options = (): { readonly abortSignal: AbortSignal } => ({ abortSignal: signal() });
  return {
    contact: async () => {
      const startedMs = performance.now();
      // Whatever comes back, it has answered.
      await calling('reaching EC2', () => sendDryRun(client, { action: 'DescribeSubnets' }, options())).catch(
        (error: unknown) => {
          if (contact === undefined) throw error;
        },
      );
      if (contact === undefined) throw wrongShape('nothing where an answer was waited for');
      const { protocol, hostname, port } = new URL(contact.endpoint);
      const proxy = proxyFor({ protocol, hostname, port: port === '' ? undefined : Number(port) });
      return {
        ...contact,
        proxy: proxy === undefined ? undefined : shownProxy(proxy),
        tookMs: performance.now() - startedMs,
      };
    },
    credentials: () => credentialSource(create(), chosenProfile(settings.profile)),
    eni: (id) =>
      calling('describing the ENI', async () => {
        const Filters = [{ Name: 'network-interface-id', Values: [id] }];
        const [found] =
          (await allPages(
            (page) => client.send(new DescribeNetworkInterfacesCommand({ Filters, ...page }), options()),
            ({ NetworkInterfaces = [] }) => NetworkInterfaces,
          )) ?? [];
        return found === undefined
          ? undefined
          : {
              sourceDestCheck: found.SourceDestCheck ?? true,
              groupIds: (found.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
              deleteOnTermination: found.Attachment?.DeleteOnTermination,
            };
      }),
    instance: (id) =>
      calling(`describing ${id}`, async () => {
        const Filters = [{ Name: 'instance-id', Values: [id] }];
        const reservations =
          (await allPages(
            (page) => client.send(new DescribeInstancesCommand({ Filters, ...page }), options()),
            ({ Reservations = [] }) => Reservations,
          )) ?? [];
        const [found] = reservations.flatMap(({ Instances = [] }) => Instances);
        return found === undefined
          ? undefined
          : {
              subnetId: found.SubnetId,
              httpTokens: found.MetadataOptions?.HttpTokens,
              hopLimit: found.MetadataOptions?.HttpPutResponseHopLimit,
            };
      }),
    securityGroups: (ids) =>
      calling(`describing ${ids.join(' and ')}`, async () => {
        const Filters = [{ Name: 'group-id', Values: [...ids] }];
        const found =
          (await allPages(
            (page) => client.send(new DescribeSecurityGroupsCommand({ Filters, ...page }), options()),
            ({ SecurityGroups = [] }) => SecurityGroups,
          )) ?? [];
        return found.map(({ GroupId = '', IpPermissions = [] }) => ({
          id: GroupId,
          admits: IpPermissions.length > 0,
        }));
      }),
    mayCall: (call) => calling(`trying ec2:${call.action}`, () => tryCall(client, call, signal())),
  };
}

/** Told of the first answer of EC2, whatever it says. Source: SDK, middleware steps: `low` is next to the wire. */
function observe(
  client: EC2Client,
  seen: (contact: Omit<Ec2Contact, 'tookMs' | 'proxy'>) => void,
): EC2Client {
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { request } = args as { readonly request: { protocol: string; hostname: string; port?: number } };
      const { headers = {} } = result.response as { readonly headers?: Readonly<Record<string, string>> };
      const date = Date.parse(headers['date'] ?? '');
      const port = request.port === undefined ? '' : `:${request.port}`;
      seen({
        endpoint: `${request.protocol}//${request.hostname}${port}`,
        aheadMs: Number.isNaN(date) ? undefined : date - Date.now(),
      });
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'aws-eni-observe' },
  );
  return client;
}

async function calling<T>(activity: string, call: () => Promise<T>): Promise<T> {
  const startedMs = performance.now();
  try {
    return await call();
  } catch (thrown) {
    throw thrown instanceof AgentError ? thrown : translate(thrown, activity, performance.now() - startedMs);
  }
}
