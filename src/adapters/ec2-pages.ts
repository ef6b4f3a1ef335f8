import { wrongShape } from './ec2-model.ts';

interface Page {
  readonly NextToken?: string | undefined;
}

/** More than there are in any answer about a handful of ids; what goes on longer is none of EC2's. */
const MOST_PAGES = 100;

/**
 * What all pages of a describe list. EC2 may end a page anywhere, also before its first item: only an answer without
 * a token is the last one. Source: EC2 API reference, "Pagination".
 * @param send asks for the page of a token
 * @param listOf what a page lists; `undefined`: it has no list
 */
export async function allPages<P extends Page, T>(
  send: (page: { readonly NextToken?: string }) => Promise<P>,
  listOf: (page: P) => readonly T[] | undefined,
): Promise<readonly T[] | undefined> {
  const found: T[] = [];
  let token: string | undefined;
  for (let count = 0; count < MOST_PAGES; count += 1) {
    const page = await send(token === undefined ? {} : { NextToken: token });
    const list = listOf(page);
    if (list === undefined) return undefined;
    found.push(...list);
    // An empty token is how EC2 spells that there is none.
    token = page.NextToken || undefined;
    if (token === undefined) return found;
  }
  throw wrongShape(`more than ${MOST_PAGES} pages`);
}
