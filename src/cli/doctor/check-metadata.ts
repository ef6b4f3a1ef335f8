import type { Check, Group } from './check.ts';
import { judged, verdictsOf } from './check.ts';
import type { Facts } from './facts.ts';

export function checkMetadata({ here, instanceDetails }: Facts): Group {
  const service = verdictsOf('metadata-service', 'metadata service');
  return {
    title: 'Metadata service',
    checks: [
      here.state === 'present'
        ? service.ok(
            `version 2 answers: ${here.value.instanceId}, ${here.value.instanceType}, ${here.value.availabilityZone}, ${here.value.region}`,
          )
        : service.failed(here.state === 'unknown' ? here.because : 'it gave no answer', remedyFor(here)),
      tokens(instanceDetails),
      hopLimit(instanceDetails),
    ],
  };
}

function remedyFor(here: Facts['here']): string {
  return here.state === 'unknown' && here.because.startsWith('AWS_EC2_METADATA_DISABLED')
    ? 'unset AWS_EC2_METADATA_DISABLED; without the metadata service the agent can do nothing'
    : 'on an EC2 instance: aws ec2 modify-instance-metadata-options --http-endpoint enabled --instance-id ID';
}

function tokens(details: Facts['instanceDetails']): Check {
  const verdicts = verdictsOf('metadata-tokens', 'session tokens');
  return judged(verdicts, details, 'EC2 knows no such instance', ({ httpTokens }) =>
    httpTokens === 'required'
      ? verdicts.ok('required: version 1 is off')
      : verdicts.warning(
          'version 1 is on, which anyone’s request can be turned into',
          'the agent does without it: aws ec2 modify-instance-metadata-options --http-tokens required --instance-id ID',
        ),
  );
}

function hopLimit(details: Facts['instanceDetails']): Check {
  const verdicts = verdictsOf('metadata-hop-limit', 'hop limit');
  return judged(verdicts, details, 'EC2 knows no such instance', ({ hopLimit: hops }) => {
    if (hops === undefined) return verdicts.unknown('EC2 does not tell it');
    return verdicts.ok(hops === 1 ? '1, which is enough for the agent' : `${hops}; the agent needs 1`);
  });
}
