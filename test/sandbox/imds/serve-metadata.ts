import type { Reply } from '../http/exchange.ts';
import { exchange } from '../http/exchange.ts';
import type { HttpRequest } from '../http/serve.ts';
import { serve } from '../http/serve.ts';
import type { ServiceContext } from '../service-context.ts';
import { answerMetadata, refusal } from './answer-metadata.ts';
import { createSessionTokens } from './create-session-tokens.ts';
import { metadataTree } from './metadata-tree.ts';

/** Listens where instances look for it. @param switchedOff instances whose metadata service is disabled: 403 */
export async function serveMetadata(
  context: ServiceContext,
  switchedOff: (instanceId: string) => boolean,
): Promise<void> {
  const { world, clock, faults, gate, requests, credentials } = context;
  const tokens = createSessionTokens();
  await serve({ host: '169.254.169.254', port: 80 }, context.violated, async (request) => {
    const atMs = clock.nowMs();
    const instanceId = context.instanceAt(atMs, request.from);
    const reply = await exchange({
      fault: faults.take(atMs, { service: 'imds', name: request.target, instanceId }),
      latencyMs: world.actual(atMs).latencies.imdsCallMs,
      gate,
      errorAnswer: (_code, message, status = 503) => refusal(status, message),
      process: () => {
        const state = world.actual(clock.nowMs());
        const instance = instanceId === undefined ? undefined : state.instances[instanceId];
        if (instance === undefined) return refusal(404, 'Not Found');
        if (switchedOff(instance.id)) return refusal(403, 'Forbidden');
        const current = credentials.current(instance.id, clock.calendarMs());
        const tree = metadataTree(state, instance, current, clock.startedAt);
        return answerMetadata(request, clock.nowMs(), instance.id, tokens, tree);
      },
    });
    requests.add({ ...entry(request, reply), instanceId, atMs, tookMs: clock.nowMs() - atMs });
    return reply;
  });
}

function entry({ target, method }: HttpRequest, reply: Reply) {
  const outcome = 'answer' in reply ? reply.answer.outcome : reply.outcome;
  return { service: 'imds', name: target, method, outcome } as const;
}
