import { Ec2Refusal } from '../world/ec2-refusal.ts';

export interface Filter {
  readonly name: string;
  readonly values: readonly string[];
}

/** Parameters of a call ("Query Requests for Amazon EC2"). Keeps account of what nobody asked for. */
export interface Query {
  /** @throws {Ec2Refusal} `MissingParameter` */
  text(name: string): string;
  optionalText(name: string): string | undefined;
  /** @throws {Ec2Refusal} `MissingParameter`, `InvalidParameterValue` */
  integer(name: string): number;
  optionalInteger(name: string): number | undefined;
  /** False when it is not there. */
  flag(name: string): boolean;
  /** NAME.1, NAME.2, … in the order of their numbers. */
  list(name: string): readonly string[];
  /** NAME.1, NAME.2, … as the beginnings of what they consist of. */
  structures(name: string): readonly string[];
  filters(): readonly Filter[];
  /** Parameters that nobody has read. */
  unread(): readonly string[];
}

export function parseQuery(body: string): Query {
  const parameters = new Map(new URLSearchParams(body));
  const unread = new Set(parameters.keys());
  const optionalText = (name: string): string | undefined => {
    unread.delete(name);
    return parameters.get(name);
  };
  const text = (name: string): string => {
    const value = optionalText(name);
    if (value) return value;
    throw new Ec2Refusal('MissingParameter', `The request must contain the parameter ${name}`);
  };
  const optionalInteger = (name: string): number | undefined => {
    const value = optionalText(name);
    if (value === undefined) return undefined;
    if (/^-?\d+$/.test(value)) return Number(value);
    throw new Ec2Refusal('InvalidParameterValue', `Invalid integer value ${value} for ${name}`);
  };
  const list = (name: string): readonly string[] =>
    numbers(parameters.keys(), name).map((number) => text(`${name}.${number}`));
  return {
    text,
    optionalText,
    optionalInteger,
    list,
    integer: (name) => {
      text(name);
      return optionalInteger(name) ?? 0;
    },
    flag: (name) => {
      const value = optionalText(name) ?? 'false';
      if (value === 'true' || value === 'false') return value === 'true';
      throw new Ec2Refusal('InvalidParameterValue', `Invalid boolean value ${value} for ${name}`);
    },
    structures: (name) => numbers(parameters.keys(), name).map((number) => `${name}.${number}`),
    filters: () =>
      numbers(parameters.keys(), 'Filter').map((number) => ({
        name: text(`Filter.${number}.Name`),
        values: list(`Filter.${number}.Value`),
      })),
    unread: () => [...unread],
  };
}

function numbers(names: Iterable<string>, name: string): readonly number[] {
  const found = [...names].flatMap((one) => {
    const number = one.startsWith(`${name}.`) ? one.slice(name.length + 1).split('.')[0] : undefined;
    return number !== undefined && /^\d+$/.test(number) ? [Number(number)] : [];
  });
  return [...new Set(found)].toSorted((one, other) => one - other);
}
