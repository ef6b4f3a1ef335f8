import { XMLBuilder } from 'fast-xml-parser';
import type { Answer } from '../http/exchange.ts';
import { statusOf } from './status-of.ts';

/** An element's content. `undefined` leaves the element out. */
export type Tree = { readonly [name: string]: Content };
type Content = string | number | boolean | undefined | Tree | readonly Tree[];

const NAMESPACE = 'http://ec2.amazonaws.com/doc/2016-11-15/';
const HEADERS = { 'content-type': 'text/xml;charset=UTF-8', server: 'AmazonEC2' };
const builder = new XMLBuilder({ ignoreAttributes: false, suppressEmptyNode: true, format: true });

/** A list, in EC2's way: one `item` each, and an empty element for none. */
export function setOf(items: readonly Tree[]): Tree | string {
  return items.length === 0 ? '' : { item: items };
}

export function resultAnswer(action: string, requestId: string, result: Tree): Answer {
  const root = { '@_xmlns': NAMESPACE, requestId, ...result };
  return answerOf(200, requestId, { [`${action}Response`]: root }, 'ok');
}

export function errorAnswer(
  code: string,
  message: string,
  requestId: string,
  status = statusOf(code),
): Answer {
  const error = { Code: code, Message: message };
  const root = { Response: { Errors: { Error: error }, RequestID: requestId } };
  return answerOf(status, requestId, root, code);
}

function answerOf(status: number, requestId: string, root: Tree, outcome: string): Answer {
  const declaration = { '?xml': { '@_version': '1.0', '@_encoding': 'UTF-8' } };
  const headers = { ...HEADERS, 'x-amzn-requestid': requestId };
  return { status, headers, body: builder.build({ ...declaration, ...root }), outcome };
}
