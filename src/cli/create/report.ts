import type { Attachment } from '../../core/eni.ts';
import type { Reading } from '../../core/reading.ts';
import type { CreatedEni } from '../../ports/eni-creation.ts';
import type { Report } from '../command.ts';
import { ExitStatus } from '../exit-status.ts';
import { paragraph } from '../layout.ts';
import { doubtful, strong } from '../style.ts';

interface Outcome {
  /** `undefined`: nothing was created. */
  readonly eni: CreatedEni | undefined;
  /** Absent: nobody has it. */
  readonly attachment: Reading<Attachment>;
  readonly clientToken: string;
  readonly region: string;
  readonly accountId: string | undefined;
  readonly warnings: readonly string[];
}

/** What was created, and what to do with it next. */
export function reportOf(outcome: Outcome): Report {
  const { eni, attachment, clientToken, region, accountId } = outcome;
  const warnings =
    attachment.state === 'unknown'
      ? [...outcome.warnings, `not known whether it is attached: ${attachment.because}`]
      : outcome.warnings;
  return {
    exitStatus: ExitStatus.fine,
    data: {
      eni:
        eni === undefined
          ? null
          : { ...eni, addresses: [...eni.addresses], attachedTo: holderIn(attachment) },
      clientToken,
      warnings: [...warnings],
    },
    text: (columns) =>
      [
        eni === undefined
          ? 'It could be created; nothing was.'
          : paragraph(
              `${strong(eni.id)} (${eni.addresses.join(', ')}) is there, in ${eni.availabilityZone}${wordsOf(attachment)}.`,
              columns,
            ),
        ...warnings.map((warning) => paragraph(`${doubtful('warning:')} ${warning}`, columns)),
        ...(eni === undefined ? [] : ['', ...nextCommands(eni, region, accountId)]),
      ].join('\n'),
  };
}

function holderIn(attachment: Reading<Attachment>): string | null {
  if (attachment.state === 'absent') return null;
  return attachment.state === 'unknown' ? 'unknown' : (attachment.value.instanceId ?? 'unknown');
}

function wordsOf(attachment: Reading<Attachment>): string {
  switch (attachment.state) {
    case 'absent':
      return ', unattached';
    case 'present':
      return `: an earlier call made it, and ${attachment.value.instanceId ?? 'something'} has it`;
    case 'unknown':
      return '';
    default:
      return attachment satisfies never;
  }
}

function nextCommands({ id }: CreatedEni, region: string, accountId = 'ACCOUNT'): readonly string[] {
  return [
    'Permit the nodes to move it, and configure the cluster:',
    `  aws-eni iam-policy --eni-id ${id} --region ${region} \\`,
    `      --account ${accountId} --instance ID --instance ID`,
    `  aws-eni crm-config --eni-id ${id} --region ${region}`,
  ];
}
