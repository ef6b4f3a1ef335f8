import type { Answer, Reply } from '../http/exchange.ts';
import { exchange } from '../http/exchange.ts';
import type { HttpRequest } from '../http/serve.ts';
import { serve } from '../http/serve.ts';
import { createTokenBucket } from '../http/token-bucket.ts';
import type { Throttling } from '../sandbox-options.ts';
import { EC2_ENDPOINT } from '../sandbox-options.ts';
import type { ServiceContext } from '../service-context.ts';
import { Ec2Refusal } from '../world/ec2-refusal.ts';
import type { Action, Cost } from './action.ts';
import { attachNetworkInterface } from './attach-network-interface.ts';
import { authenticate } from './authenticate.ts';
import { createNetworkInterface } from './create-network-interface.ts';
import { describeInstanceTypes } from './describe-instance-types.ts';
import { describeInstances } from './describe-instances.ts';
import { describeNetworkInterfaces } from './describe-network-interfaces.ts';
import { describeSecurityGroups } from './describe-security-groups.ts';
import { describeSubnets } from './describe-subnets.ts';
import { detachNetworkInterface } from './detach-network-interface.ts';
import { parseQuery } from './query.ts';
import { parseAuthorization } from './signature.ts';
import { errorAnswer, resultAnswer } from './xml-answer.ts';

const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ['AttachNetworkInterface', attachNetworkInterface],
  ['CreateNetworkInterface', createNetworkInterface],
  ['DescribeInstances', describeInstances],
  ['DescribeInstanceTypes', describeInstanceTypes],
  ['DescribeNetworkInterfaces', describeNetworkInterfaces],
  ['DescribeSecurityGroups', describeSecurityGroups],
  ['DescribeSubnets', describeSubnets],
  ['DetachNetworkInterface', detachNetworkInterface],
]);

const VERSION = '2016-11-15';

/** The numbers of "Request throttling for the Amazon EC2 API", one account's. */
const EC2_THROTTLING: Throttling = {
  describing: { capacity: 100, refillPerSecond: 20 },
  describingUnfiltered: { capacity: 50, refillPerSecond: 10 },
  mutating: { capacity: 50, refillPerSecond: 5 },
};

/** EC2's Query API at its endpoint. */
export async function serveEc2(context: ServiceContext, throttling: Partial<Throttling>): Promise<void> {
  const { world, clock, faults, gate, requests, credentials } = context;
  const rates = { ...EC2_THROTTLING, ...throttling };
  const buckets: Readonly<Record<Cost, (nowMs: number) => boolean>> = {
    describing: createTokenBucket(rates.describing),
    describingUnfiltered: createTokenBucket(rates.describingUnfiltered),
    mutating: createTokenBucket(rates.mutating),
  };
  let count = 0;
  await serve(EC2_ENDPOINT, context.violated, async (request) => {
    count += 1;
    const requestId = `00000000-0000-4000-8000-${count.toString(16).padStart(12, '0')}`;
    const atMs = clock.nowMs();
    const name = new URLSearchParams(request.body).get('Action') ?? request.target;
    const key = parseAuthorization(`${request.headers.authorization ?? ''}`)?.accessKeyId;
    const instanceId = (key && credentials.find(key)?.instanceId) || context.instanceAt(atMs, request.from);
    const reply = await exchange({
      fault: faults.take(atMs, { service: 'ec2', name, instanceId }),
      latencyMs: world.actual(atMs).latencies.callMs,
      gate,
      errorAnswer: (code, message, status) => errorAnswer(code, message, requestId, status),
      process: () => answerTo(request, requestId, context, buckets),
    });
    const outcome = 'answer' in reply ? reply.answer.outcome : reply.outcome;
    const { method } = request;
    requests.add({ service: 'ec2', name, method, instanceId, atMs, tookMs: clock.nowMs() - atMs, outcome });
    return dated(reply, clock.calendarMs());
  });
}

/** By EC2's own calendar, which a client may correct its own by. */
function dated(reply: Reply, calendarMs: number): Reply {
  if (!('answer' in reply)) return reply;
  const date = new Date(calendarMs).toUTCString();
  return { ...reply, answer: { ...reply.answer, headers: { ...reply.answer.headers, date } } };
}

function answerTo(
  request: HttpRequest,
  requestId: string,
  context: ServiceContext,
  buckets: Readonly<Record<Cost, (nowMs: number) => boolean>>,
): Answer {
  const { world, clock, credentials } = context;
  const nowMs = clock.nowMs();
  try {
    const query = parseQuery(request.body);
    const name = query.text('Action');
    const action = ACTIONS.get(name);
    if (
      action === undefined ||
      query.text('Version') !== VERSION ||
      request.method !== 'POST' ||
      request.target !== '/'
    ) {
      context.violated(`${request.method} ${request.target} ${name}: not modelled`);
      throw new Ec2Refusal('InvalidAction', `The action ${name} is not valid for this web service.`);
    }
    const caller = authenticate(request, credentials, clock.calendarMs());
    const call = action(query);
    const [unread] = query.unread();
    if (unread !== undefined) {
      context.violated(`${name}: parameter ${unread} is not modelled`);
      throw new Ec2Refusal('UnknownParameter', `The parameter ${unread} is not recognized`);
    }
    if (buckets[call.cost](nowMs) === false) {
      throw new Ec2Refusal('RequestLimitExceeded', 'Request limit exceeded.');
    }
    const result = call.perform({
      world,
      nowMs,
      caller,
      dateOf: (worldMs) => new Date(clock.startedAt.getTime() + worldMs).toISOString(),
      isPaging: context.isPaging,
      unmodelled: (what) => context.violated(`${name}: ${what} is not modelled`),
    });
    context.follow();
    return resultAnswer(name, requestId, result);
  } catch (error) {
    if (error instanceof Ec2Refusal) return errorAnswer(error.code, error.message, requestId);
    throw error;
  }
}
