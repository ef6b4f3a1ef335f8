/**
 * What is known of a thing. Absent is a fact; unknown is the lack of one, and no code may treat it as absent:
 * a wrong "absent" makes the cluster start a service that still runs here.
 */
export type Reading<T> =
  | { readonly state: 'present'; readonly value: T }
  | { readonly state: 'absent' }
  | { readonly state: 'unknown'; readonly because: string };

export function present<T>(value: T): Reading<T> {
  return { state: 'present', value };
}

export const absent = { state: 'absent' } as const;

export function unknown(because: string): { readonly state: 'unknown'; readonly because: string } {
  return { state: 'unknown', because };
}
