import type { Survey } from '../../agent/survey.ts';
import { deviceWithMac } from '../../core/kernel.ts';
import type { Reading } from '../../core/reading.ts';
import type { ClusterResource } from '../../ports/cluster.ts';
import type { RecordedRepair } from '../../ports/history.ts';
import type { Json, Report } from '../command.ts';
import { inLastDay } from '../repairs.ts';
import type { Shown } from './describe.ts';

/** A look, and what was known of the cluster at it. */
export interface Look extends Shown {
  readonly resource: ClusterResource | undefined;
  readonly repairs: Reading<readonly RecordedRepair[]>;
}

/** As the command's `json` declares it. */
export function dataOf(look: Look): Report['data'] {
  const { resource, expectation, stage, findings, repairs } = look;
  const { eni, here } = look.survey;
  return {
    eni: eni.state === 'present' ? eniData(eni.value) : null,
    instanceId: here.state === 'present' ? here.value.instanceId : null,
    resource: resource?.id ?? null,
    shouldServe: expectation.serves,
    because: expectation.because,
    stage: stage.name,
    isMoving: !stage.isSteady,
    mtu: { is: mtuOf(look.survey) ?? null, shouldBe: look.survey.mtu?.bytes ?? null },
    findings: findings.map((finding) => ({ ...finding })),
    repairs: repairs.state === 'present' ? repairsData(repairs.value) : null,
  };
}

function mtuOf({ kernel, traits }: Survey): number | undefined {
  if (kernel.state !== 'present' || traits === undefined) return undefined;
  return deviceWithMac(kernel.value, traits.mac)?.mtu;
}

function repairsData(repairs: readonly RecordedRepair[]): Json {
  const latest = repairs.at(-1);
  return {
    inLastDay: inLastDay(repairs, new Date()).length,
    recorded: repairs.length,
    latestAt: latest?.at ?? null,
    latestMissing: [...(latest?.missing ?? [])],
  };
}

function eniData({
  id,
  addresses,
  mac,
  subnetId,
  availabilityZone,
  attachment,
}: Extract<Survey['eni'], { state: 'present' }>['value']): Json {
  return {
    id,
    addresses: [...addresses],
    mac,
    subnetId,
    availabilityZone,
    holder: attachment?.instanceId ?? null,
    attachmentStatus: attachment?.status ?? null,
    deviceIndex: attachment?.deviceIndex ?? null,
  };
}
