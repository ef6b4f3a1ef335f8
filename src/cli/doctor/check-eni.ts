import type { Situation } from '../../core/obstacles.ts';
import { eniObstacles, slotObstacles } from '../../core/obstacles.ts';
import type { Settings } from '../../core/settings.ts';
import { nameOfTarget } from '../../core/settings.ts';
import type { Check, Group } from './check.ts';
import { judged, objected, verdictsOf } from './check.ts';
import type { Facts } from './facts.ts';

const NO_ENI = 'no ENI was found';

export function checkEni(facts: Facts, settings: Settings): Group {
  const title = 'ENI';
  if (!facts.namesEni) {
    const verdicts = verdictsOf('eni', 'ENI');
    return {
      title,
      checks: [verdicts.unknown('none is named; give --eni-id or --ip, or --resource on a cluster node')],
    };
  }
  return {
    title,
    checks: [
      there(facts, settings),
      movable(facts, settings),
      ownSubnet(facts),
      deleteOnTermination(facts),
      sourceDestCheck(facts),
      securityGroups(facts),
      slot(facts, settings),
    ],
  };
}

function there({ eni }: Facts, settings: Settings): Check {
  const verdicts = verdictsOf('eni', 'ENI');
  if (eni.state === 'unknown') return verdicts.unknown(eni.because);
  if (eni.state === 'absent') {
    return verdicts.failed(
      `EC2 knows no such ENI: ${nameOfTarget(settings)}`,
      "check id, address and region, or make it: 'aws-eni create'",
    );
  }
  const { id, addresses, attachment } = eni.value;
  return verdicts.ok(
    `${id} (${addresses.join(', ')}), attached to ${attachment?.instanceId ?? 'no instance'}`,
  );
}

/** What `obstacles` of a start say of the ENI and this instance, the zone among them. */
function movable(facts: Facts, settings: Settings): Check {
  const verdicts = verdictsOf('eni-movable', 'zone and kind');
  return withSituation(verdicts, facts, (situation) =>
    objected(
      verdicts,
      eniObstacles(situation, settings),
      `both in ${situation.here.availabilityZone}, and it can be moved`,
    ),
  );
}

function slot(facts: Facts, settings: Settings): Check {
  const verdicts = verdictsOf('slot', 'free interface slot');
  return withSituation(verdicts, facts, (situation) => {
    const { here, limits } = situation;
    const found = slotObstacles(situation, settings);
    if (found.length === 0 && facts.limits.state === 'unknown') return verdicts.unknown(facts.limits.because);
    const limit = limits === undefined ? '' : ` of ${limits.interfaces}`;
    return objected(verdicts, found, `${here.type} has ${here.interfaceCount}${limit} in use`);
  });
}

function ownSubnet({ eni, instanceDetails }: Facts): Check {
  const verdicts = verdictsOf('subnet', 'subnet of its own');
  return judged(verdicts, eni, NO_ENI, ({ subnetId }) =>
    judged(verdicts, instanceDetails, 'EC2 knows no such instance', ({ subnetId: own }) =>
      own === subnetId
        ? verdicts.warning(
            `${subnetId} is also that of this node's own interface`,
            'use a subnet for the service alone; replies of others in it may take the wrong way, and rule_from=subnet can not be used',
          )
        : verdicts.ok(`${subnetId}; this node's own interface is in ${own ?? 'another one'}`),
    ),
  );
}

function deleteOnTermination({ eniDetails, eni }: Facts): Check {
  const verdicts = verdictsOf('delete-on-termination', 'delete on termination');
  return judged(verdicts, eniDetails, NO_ENI, ({ deleteOnTermination: isOn }) => {
    if (isOn === undefined) return verdicts.ok('not attached; the agent attaches without it');
    const attachmentId = eni.state === 'present' ? eni.value.attachment?.id : undefined;
    return isOn
      ? verdicts.failed(
          'on: the ENI goes with the instance that has it now',
          `aws ec2 modify-network-interface-attribute --network-interface-id ENI --attachment AttachmentId=${attachmentId},DeleteOnTermination=false`,
        )
      : verdicts.ok('off');
  });
}

function sourceDestCheck({ eniDetails }: Facts): Check {
  const verdicts = verdictsOf('source-dest-check', 'source/destination check');
  return judged(verdicts, eniDetails, NO_ENI, ({ sourceDestCheck: isOn }) =>
    isOn
      ? verdicts.ok('on: replies must leave by this ENI, which the agent sees to')
      : verdicts.warning(
          'off: packets with any address pass',
          'a router needs that, a service does not: aws ec2 modify-network-interface-attribute --source-dest-check',
        ),
  );
}

function securityGroups({ eniDetails, groups }: Facts): Check {
  const verdicts = verdictsOf('security-groups', 'security groups');
  return judged(verdicts, eniDetails, NO_ENI, ({ groupIds }) => {
    if (groupIds.length === 0)
      return verdicts.failed('none', 'give it one that admits the clients of the service');
    return judged(verdicts, groups, NO_ENI, (found) =>
      found.some(({ admits }) => admits)
        ? verdicts.ok(groupIds.join(', '))
        : verdicts.failed(
            `${groupIds.join(', ')}: nothing is admitted`,
            'add a rule for what the clients of the service send',
          ),
    );
  });
}

/** Judges what a start would, once all of it is known that a start must know. */
export function withSituation(
  verdicts: ReturnType<typeof verdictsOf>,
  { eni, subnet, instance, kernel, tableNumbers, limits }: Facts,
  judge: (situation: Situation) => Check,
): Check {
  const unknown = [eni, instance, kernel, tableNumbers].find(({ state }) => state === 'unknown');
  if (unknown?.state === 'unknown') return verdicts.unknown(unknown.because);
  if (
    eni.state !== 'present' ||
    instance.state !== 'present' ||
    kernel.state !== 'present' ||
    tableNumbers.state !== 'present'
  ) {
    return verdicts.unknown(eni.state === 'absent' ? NO_ENI : 'EC2 knows no such instance');
  }
  return judge({
    eni: eni.value,
    subnet: subnet.state === 'present' ? subnet.value : undefined,
    here: instance.value,
    kernel: kernel.value,
    tableNumbers: tableNumbers.value,
    limits: limits.state === 'present' ? limits.value : undefined,
  });
}
