import { told } from '../../agent/told.ts';
import type { Reading } from '../../core/reading.ts';
import { unknown } from '../../core/reading.ts';
import type { Ec2Examination, TriedCall } from '../../ports/ec2-examination.ts';
import type { Check, Group } from './check.ts';
import { verdictsOf } from './check.ts';
import type { Facts } from './facts.ts';

/** Each with what is lost without it, where the agent can do without. */
const DESCRIBES = [
  ['DescribeNetworkInterfaces'],
  ['DescribeInstances'],
  [
    'DescribeSubnets',
    "a start asks the metadata service instead, which can take longer; rule_from=subnet needs it: 'aws-eni iam-policy'",
  ],
  [
    'DescribeInstanceTypes',
    "an instance without room for the ENI is noticed only when its holder has lost it: 'aws-eni iam-policy'",
  ],
] as const;

/** Each call of the agent, by a dry run. */
export async function checkPermissions(
  facts: Facts,
  examination: Ec2Examination | undefined,
): Promise<Group> {
  const title = 'Permissions';
  const why =
    examination === undefined
      ? 'EC2 could not be asked'
      : facts.contact.state === 'present'
        ? undefined
        : 'EC2 did not answer, as said above';
  if (examination === undefined || why !== undefined) {
    return { title, checks: [verdictsOf('permissions', 'permissions').unknown(why ?? '')] };
  }
  const tried = (call: TriedCall, milder?: string): Promise<Check> =>
    judge(
      call.action,
      told(() => examination.mayCall(call)),
      milder,
    );
  const describes = DESCRIBES.map(([action, milder]) => tried({ action }, milder));
  const groups = tried(
    { action: 'DescribeSecurityGroups' },
    "only this command needs it: 'aws-eni iam-policy --with doctor'",
  );
  return { title, checks: await Promise.all([...describes, ...moves(facts, tried), groups]) };
}

function moves(
  { eni, here, namesEni }: Facts,
  tried: (call: TriedCall) => Promise<Check>,
): readonly Promise<Check>[] {
  const not = (action: TriedCall['action'], because: string): Promise<Check> =>
    judge(action, Promise.resolve(unknown(because)));
  if (eni.state !== 'present') {
    const because = namesEni ? 'without the ENI it can not be tried' : 'no ENI is named';
    return [not('AttachNetworkInterface', because), not('DetachNetworkInterface', because)];
  }
  const { id: eniId, attachment } = eni.value;
  return [
    here.state === 'present'
      ? tried({ action: 'AttachNetworkInterface', eniId, instanceId: here.value.instanceId })
      : not('AttachNetworkInterface', 'which instance this is is not known'),
    attachment === undefined
      ? not('DetachNetworkInterface', 'the ENI is attached to nothing, so there is nothing to try it on')
      : tried({ action: 'DetachNetworkInterface', attachmentId: attachment.id }),
  ];
}

/** @param milder what to say where the agent can do without */
async function judge(
  action: TriedCall['action'],
  answer: Promise<Reading<boolean>>,
  milder?: string,
): Promise<Check> {
  const verdicts = verdictsOf(`permission-${action}`, action);
  const reading = await answer;
  if (reading.state === 'unknown') return verdicts.unknown(reading.because);
  if (reading.state === 'present' && reading.value) return verdicts.ok('permitted');
  return milder === undefined
    ? verdicts.failed('refused', `grant the instance's role ec2:${action}: 'aws-eni iam-policy'`)
    : verdicts.warning('refused', milder);
}
