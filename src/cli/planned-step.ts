import type { StartPreview, StopPreview } from '../agent/preview.ts';
import type { Known, Step } from '../core/plan.ts';
import type { Settings } from '../core/settings.ts';
import { isExclusive } from '../core/settings.ts';
import { describeChange } from './describe-change.ts';

/** One step of an action, in words. */
export interface PlannedStep {
  readonly do: string;
  readonly what: string;
  readonly because: string | null;
}

export function plannedStart({ known, steps }: StartPreview, settings: Settings): readonly PlannedStep[] {
  if (known === undefined) return [];
  const planned = steps.flatMap((step) => describeStep(step, known, settings));
  const isOnThisNode = steps.some(({ do: kind }) => kind === 'await-device' || kind === 'configure');
  return isOnThisNode && isExclusive(settings) ? [keepOff(known), ...planned] : planned;
}

function keepOff({ eni }: Known): PlannedStep {
  return {
    do: 'keep-off',
    what: `tell other network software to leave the device with MAC ${eni.mac} alone`,
    because: 'exclusive; stop takes that back, or the next boot',
  };
}

export function plannedStop(
  { changes, attachment }: StopPreview,
  settings: Settings,
): readonly PlannedStep[] {
  const local = changes.map(
    (change): PlannedStep => ({
      do: change.do,
      what: describeChange(change, settings),
      because: null,
    }),
  );
  if (attachment.state !== 'present') return local;
  const { id, deviceIndex, status } = attachment.value;
  const detach: PlannedStep =
    status === 'detaching'
      ? { do: 'await-release', what: `wait until EC2 has released ${id}`, because: 'its detach is under way' }
      : {
          do: 'detach',
          what: `detach ${id} from this instance`,
          because: `EC2 has it at device index ${deviceIndex}; ${manner(settings)}`,
        };
  const letBack: PlannedStep = {
    do: 'let-back',
    what: 'let other network software have such a device again',
    because: 'once it is gone',
  };
  return isExclusive(settings) ? [...local, detach, letBack] : [...local, detach];
}

function describeStep(step: Step, known: Known, settings: Settings): readonly PlannedStep[] {
  const { eni, here, holder } = known;
  switch (step.do) {
    case 'detach': {
      const state = holder === 'absent' ? 'which EC2 knows no more' : (holder?.state ?? 'of unknown state');
      const how = step.force ? 'by force, for that holder can not let go by itself' : manner(settings);
      return [
        {
          do: 'detach',
          what: `detach ${eni.id} from ${step.from ?? 'its holder'}${step.force ? ' by force' : ''}`,
          because: `it holds the ENI and is ${state}; ${how}`,
        },
      ];
    }
    case 'attach': {
      const attach: PlannedStep = {
        do: 'attach',
        what: `attach ${eni.id} to ${here.id} at device index ${step.deviceIndex}`,
        because: settings.deviceIndex === undefined ? 'the lowest free one' : 'device_index',
      };
      const wait: PlannedStep = {
        do: 'await-release',
        what: `wait until EC2 has released ${eni.id}`,
        because: 'a few seconds, asked for by trying to attach',
      };
      return step.ifFree ? [wait, attach] : [attach];
    }
    case 'await-device':
      return [{ do: 'await-device', what: `wait for a device with MAC ${eni.mac}`, because: null }];
    case 'learn-subnet':
      return [
        {
          do: 'learn-subnet',
          what: `ask the metadata service for the networks of ${eni.subnetId}, then configure the device by them`,
          because: 'EC2 does not tell them',
        },
      ];
    case 'configure':
      return step.changes.map((change) => ({
        do: change.do,
        what: describeChange(change, settings),
        because: null,
      }));
    default:
      return step satisfies never;
  }
}

function manner({ detachMode, forceAfter }: Settings): string {
  switch (detachMode) {
    case 'auto':
      return `by force if that takes ${forceAfter / 1_000} s`;
    case 'graceful':
      return 'never by force';
    case 'force':
      return 'by force, as detach_mode says';
    default:
      return detachMode satisfies never;
  }
}
