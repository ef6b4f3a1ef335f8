import type { Request } from '../sandbox/http/request-log.ts';
import type { Latencies } from '../sandbox/world/world-state.ts';
import type { AwsSpan } from './move.ts';

/**
 * What AWS took its time for: each request that the agent had to make, the release after an accepted detach, and
 * attachment and device after an accepted attach. An attach that was refused because the ENI was not free yet is
 * the agent's own way of waiting, and covered by the release where that was still under way.
 * @param offsetMs what to add to the sandbox's clock
 */
export function awsSpans(
  requests: readonly Request[],
  { callMs, detachMs, attachMs, deviceMs }: Latencies,
  offsetMs: number,
): readonly AwsSpan[] {
  return requests.flatMap(({ service, name, outcome, atMs, tookMs }): readonly AwsSpan[] => {
    const startMs = atMs + offsetMs;
    const endMs = startMs + tookMs;
    const shown = service === 'imds' ? 'metadata' : name.replace('NetworkInterface', '');
    if (outcome === 'InvalidNetworkInterface.InUse') return [];
    const call = { name: shown, startMs, endMs };
    // The world changes half way through a call.
    const effectMs = startMs + callMs / 2;
    if (outcome !== 'ok') return [call];
    if (name === 'DetachNetworkInterface')
      return [call, { name: 'release', startMs: effectMs, endMs: effectMs + detachMs }];
    if (name === 'AttachNetworkInterface') {
      const attachedMs = effectMs + attachMs;
      return [
        call,
        { name: 'attaching', startMs: effectMs, endMs: attachedMs },
        { name: 'device', startMs: attachedMs, endMs: attachedMs + deviceMs },
      ];
    }
    return [call];
  });
}
