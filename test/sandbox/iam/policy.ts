/** What a call asks for, as IAM sees it. */
export interface Asked {
  /** Such as `ec2:AttachNetworkInterface`. */
  readonly action: string;
  /** Each must be allowed. Empty: the action knows none, and only `*` allows it. */
  readonly resources: readonly Resource[];
  readonly region: string;
  /** Tags that the call would put on what it makes. */
  readonly requestTags?: Readonly<Record<string, string>>;
  /** The call that tags come with. */
  readonly createAction?: string;
}

interface Resource {
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
}

interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: readonly Condition[];
}

interface Condition {
  readonly operator: (typeof OPERATORS)[number];
  readonly key: string;
  readonly values: readonly string[];
}

/** `ForAllValues`: of a key that can have several values, and is met where it has none. */
const OPERATORS = ['StringEquals', 'StringLike', 'ForAllValues:StringNotEqualsIgnoreCase'] as const;

/** A policy that has been read. */
export type Policy = readonly Statement[];

/** IAM says no to a document. */
export class MalformedPolicyDocument extends Error {}

/** Of an inline policy of a role, without white space. Source: IAM User Guide, "IAM and AWS STS quotas". */
const MAX_LENGTH = 10_240;

/**
 * Reads an identity-based policy; what EC2's part of it would not need, and the sandbox does not evaluate, is refused.
 * Source: IAM User Guide, "IAM JSON policy reference".
 * @throws {MalformedPolicyDocument}
 */
export function parsePolicy(text: string): Policy {
  const document = parseJson(text);
  if (text.replaceAll(/\s/g, '').length > MAX_LENGTH) throw new MalformedPolicyDocument('too long');
  only(document, ['Version', 'Statement']);
  if (document['Version'] !== '2012-10-17') throw new MalformedPolicyDocument('Version');
  const { Statement: statements } = document;
  if (!Array.isArray(statements) || statements.length === 0) throw new MalformedPolicyDocument('Statement');
  const ids = statements.flatMap((one: { Sid?: unknown }) => one.Sid ?? []);
  if (new Set(ids).size !== ids.length) throw new MalformedPolicyDocument('Sid is not unique');
  return statements.map(statementOf);
}

/** Whether every resource of it is allowed. */
export function allows(policy: Policy, asked: Asked): boolean {
  const resources = asked.resources.length > 0 ? asked.resources : [{ arn: '*', tags: {} }];
  return resources.every((resource) => policy.some((statement) => covers(statement, asked, resource)));
}

function covers({ actions, resources, conditions }: Statement, asked: Asked, resource: Resource): boolean {
  return (
    actions.some((pattern) => isLike(asked.action, pattern, 'i')) &&
    resources.some((pattern) => isLike(resource.arn, pattern)) &&
    conditions.every(({ operator, key, values }) => {
      if (operator === 'ForAllValues:StringNotEqualsIgnoreCase') return hasNone(asked, values);
      const value = contextOf(key, asked, resource);
      return (
        value !== undefined &&
        values.some((one) => (operator === 'StringLike' ? isLike(value, one) : value === one))
      );
    })
  );
}

/** Whether none of the tags that the call would set has such a key. */
function hasNone({ requestTags = {} }: Asked, keys: readonly string[]): boolean {
  const unwanted = keys.map((key) => key.toLowerCase());
  return Object.keys(requestTags).every((key) => !unwanted.includes(key.toLowerCase()));
}

function contextOf(key: string, asked: Asked, resource: Resource): string | undefined {
  const [, kind, tag = ''] = /^(ec2:ResourceTag|aws:ResourceTag|aws:RequestTag)\/(.+)$/.exec(key) ?? [];
  if (kind === 'aws:RequestTag') return asked.requestTags?.[tag];
  if (kind !== undefined) return resource.tags[tag];
  if (key === 'ec2:Region' || key === 'aws:RequestedRegion') return asked.region;
  return asked.createAction;
}

function statementOf(value: unknown): Statement {
  const statement = objectOf(value, 'Statement');
  only(statement, ['Sid', 'Effect', 'Action', 'Resource', 'Condition']);
  const { Sid: sid = 'A', Effect: effect } = statement;
  if (typeof sid !== 'string' || !/^[A-Za-z0-9]+$/.test(sid)) throw new MalformedPolicyDocument(`Sid ${sid}`);
  if (effect !== 'Allow') throw new MalformedPolicyDocument(`Effect ${effect}`);
  const actions = textsOf(statement['Action'], 'Action');
  const resources = textsOf(statement['Resource'], 'Resource');
  const wrong = [
    ...actions.filter((action) => !/^ec2:[A-Za-z*]+$/.test(action)),
    ...resources.filter(
      (arn) =>
        arn !== '*' && !/^arn:aws[a-z-]*:ec2:[a-z0-9-]+:(?:\d{12})?:[a-z-]+\/[A-Za-z0-9*?-]+$/.test(arn),
    ),
  ];
  if (wrong.length > 0) throw new MalformedPolicyDocument(wrong.join(', '));
  return { actions, resources, conditions: conditionsOf(statement['Condition'] ?? {}) };
}

const KEYS =
  /^(?:ec2:Region|aws:RequestedRegion|ec2:CreateAction|(?:ec2|aws):ResourceTag\/.+|aws:RequestTag\/.+)$/;

function conditionsOf(value: unknown): readonly Condition[] {
  return Object.entries(objectOf(value, 'Condition')).flatMap(([operator, pairs]) => {
    const known = OPERATORS.find((one) => one === operator);
    if (known === undefined) throw new MalformedPolicyDocument(operator);
    return Object.entries(objectOf(pairs, operator)).map(([key, texts]): Condition => {
      const isKnown = known.startsWith('ForAllValues:') ? key === 'aws:TagKeys' : KEYS.test(key);
      if (!isKnown) throw new MalformedPolicyDocument(`${operator} ${key}`);
      return { operator: known, key, values: textsOf(texts, key) };
    });
  });
}

function parseJson(text: string): Readonly<Record<string, unknown>> {
  try {
    return objectOf(JSON.parse(text), 'document');
  } catch (error) {
    throw new MalformedPolicyDocument(String(error));
  }
}

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new MalformedPolicyDocument(what);
  return value as Readonly<Record<string, unknown>>;
}

function only(value: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  const other = Object.keys(value).filter((name) => !names.includes(name));
  if (other.length > 0) throw new MalformedPolicyDocument(other.join(', '));
}

function textsOf(value: unknown, what: string): readonly string[] {
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (texts.length === 0 || !texts.every((one) => typeof one === 'string' && one !== ''))
    throw new MalformedPolicyDocument(what);
  return texts as readonly string[];
}

/** With IAM's wildcards: `*` for any text, `?` for any character. */
function isLike(text: string, pattern: string, flags = ''): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, flags).test(text);
}
