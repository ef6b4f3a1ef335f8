import { Ec2Refusal } from '../world/ec2-refusal.ts';
import type { Filter } from './query.ts';

/** A filter's name and the values a thing has for it. */
export type FilterTable<T> = Readonly<Record<string, (thing: T) => readonly (string | undefined)[]>>;

/**
 * Filters are ANDed, their values ORed ("List and filter using the CLI and API", EC2 User Guide).
 * @param unmodelled told of a filter or wildcard that the sandbox does not know
 */
export function select<T>(
  things: readonly T[],
  filters: readonly Filter[],
  table: FilterTable<T>,
  unmodelled: (what: string) => void,
): readonly T[] {
  return filters.reduce((left, { name, values }) => {
    const valuesOf = table[name];
    if (valuesOf === undefined || values.some((value) => /[*?\\]/.test(value))) {
      unmodelled(`filter ${name} = ${values.join(', ')}`);
      throw new Ec2Refusal('InvalidParameterValue', `The filter '${name}' is invalid`);
    }
    return left.filter((thing) =>
      valuesOf(thing).some((value) => value !== undefined && values.includes(value)),
    );
  }, things);
}
