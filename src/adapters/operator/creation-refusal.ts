import { AgentError } from '../../core/failure.ts';
import { failureOf, translate, wordsOf } from '../ec2-errors.ts';

/** What EC2 says about values of the request, with the option that they came by. Source: EC2 API reference, "Error codes". */
const NEXT_MOVES: Readonly<Record<string, string>> = {
  'InvalidIPAddress.InUse': 'choose another --ip or --secondary-ip',
  'InvalidGroup.NotFound': 'correct --security-group: a group of the same VPC',
  'InvalidSecurityGroupID.NotFound': 'correct --security-group: a group of the same VPC',
  SecurityGroupsPerInterfaceLimitExceeded: 'give fewer --security-group, or ask AWS for a higher quota',
  PrivateIpAddressLimitExceeded: 'give fewer --secondary-ip',
  'InvalidSubnetID.NotFound': 'correct --subnet-id, or --region',
  InsufficientFreeAddressesInSubnet: 'choose another subnet',
  NetworkInterfaceLimitExceeded: 'ask AWS for a higher quota, or delete ENIs that nobody needs',
  IdempotentParameterMismatch: 'choose another --client-token',
};

/** The AgentError for what went wrong with the making of an ENI. Where EC2 refuses, it is for what was asked. */
export function translateRefusal(thrown: unknown, activity: string, elapsedMs: number): AgentError {
  if (thrown instanceof AgentError) return thrown;
  const failure = failureOf(thrown);
  const error = translate(thrown, activity, elapsedMs);
  if (error.kind === 'permission' && failure.code === 'UnauthorizedOperation') {
    return told('permission', "grant it: 'aws-eni iam-policy --operator' prints a policy");
  }
  const isAnswer = failure.status !== undefined;
  const nextMove = NEXT_MOVES[failure.code];
  if (nextMove !== undefined) return told('node', nextMove);
  return error.kind === 'bug' && isAnswer ? told('node', 'correct what it names') : error;

  function told(kind: AgentError['kind'], next: string): AgentError {
    return new AgentError(kind, `${activity}: ${wordsOf(failure)}; ${next}`, { cause: thrown });
  }
}
