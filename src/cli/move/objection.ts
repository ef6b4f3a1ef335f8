import type { Eni } from '../../core/eni.ts';
import { AgentError } from '../../core/failure.ts';
import type { Reading } from '../../core/reading.ts';
import { shellWord } from '../../ocf/shell-word.ts';
import type { ClusterState } from '../../ports/cluster.ts';
import { resourceOf } from '../choose-resource.ts';

/**
 * Why this ENI must not be moved by hand now: Pacemaker would move it back, or start the service twice. `undefined`:
 * nobody manages it.
 * @param eni as EC2 describes it, however the command line named it
 */
export function objectionToMove(cluster: Reading<ClusterState>, eni: Eni): AgentError | undefined {
  if (cluster.state === 'absent') return undefined;
  if (cluster.state === 'unknown') {
    return new AgentError(
      'transient',
      `whether Pacemaker manages ${eni.id} is not known: ${cluster.because}; ask on a node where it runs, or say --even-if-managed if it runs nowhere`,
    );
  }
  const resource = resourceOf(cluster.value, eni);
  if (resource === undefined || !resource.managed) return undefined;
  const { id } = resource;
  const word = shellWord(id);
  return new AgentError(
    'node',
    `Pacemaker manages ${eni.id} as ${id} and would undo this; use 'crm resource move ${word} NODE', or take it out of Pacemaker's hands first by 'crm resource unmanage ${word}' or 'crm configure property maintenance-mode=true'`,
  );
}
