import { Ec2Refusal } from '../world/ec2-refusal.ts';
import type { View } from '../world/world-state.ts';
import type { Action, CallContext } from './action.ts';
import type { FilterTable } from './select.ts';
import { select } from './select.ts';
import type { Tree } from './xml-answer.ts';

export interface Description<T> {
  readonly action: string;
  /** Parameter that lists ids. */
  readonly ids: string;
  readonly idForm: RegExp;
  /** Code for an id that has another form. */
  readonly malformed: string;
  /** Code for an id that does not exist, and EC2's words for such things. */
  readonly notFound: readonly [code: string, noun: string];
  idOf(thing: T): string;
  all(context: CallContext, view: View): readonly T[];
  readonly filters: FilterTable<T>;
  render(things: readonly T[], context: CallContext, view: View): Tree;
}

/** What all describes have in common: ids, filters, paging, permission, and an answer that is `staleMs` old. */
export function describing<T>(description: Description<T>): Action {
  return (query) => {
    const ids = query.list(description.ids);
    const filters = query.filters();
    const maxResults = query.optionalInteger('MaxResults');
    const dryRun = query.flag('DryRun');
    const page = pageOf(query.optionalText('NextToken'));
    if (maxResults !== undefined && ids.length > 0) {
      throw new Ec2Refusal(
        'InvalidParameterCombination',
        `The parameter ${description.ids} cannot be used with the parameter maxResults`,
      );
    }
    const malformed = ids.find((id) => !description.idForm.test(id));
    if (malformed !== undefined) throw new Ec2Refusal(description.malformed, `Invalid id: "${malformed}"`);
    return {
      cost: ids.length + filters.length === 0 ? 'describingUnfiltered' : 'describing',
      perform: (context) => {
        context.world.authorize(context.nowMs, context.caller, description.action, dryRun);
        const view = context.world.described(context.nowMs);
        const all = description.all(context, view);
        const missing = ids.filter((id) => !all.some((thing) => description.idOf(thing) === id));
        if (missing.length > 0) {
          const [code, noun] = description.notFound;
          throw new Ec2Refusal(code, `The ${noun} '${missing.join(', ')}' does not exist`);
        }
        const named = all.filter((thing) => ids.length === 0 || ids.includes(description.idOf(thing)));
        const found = select(named, filters, description.filters, context.unmodelled);
        if (maxResults !== undefined && found.length > maxResults)
          context.unmodelled('an answer of several pages');
        if (!context.isPaging()) return description.render(found, context, view);
        // The first page is empty, each other has one thing, and only the last one has no token.
        const isLast = page >= found.length;
        return {
          ...description.render(page === 0 ? [] : found.slice(page - 1, page), context, view),
          ...(isLast ? {} : { nextToken: `${TOKEN}${page + 1}` }),
        };
      },
    };
  };
}

const TOKEN = 'page-';

function pageOf(token: string | undefined): number {
  if (token === undefined) return 0;
  if (/^page-\d+$/.test(token)) return Number(token.slice(TOKEN.length));
  throw new Ec2Refusal('InvalidNextToken', `The token '${token}' is invalid`);
}
