import { XMLParser } from 'fast-xml-parser';
import { AgentError } from '../../core/failure.ts';
import { visible } from '../../core/one-line.ts';

/** An element of what Pacemaker's programs print: its attributes as text, and its children by their names. */
export interface Element {
  readonly name: string;
  readonly at: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
}

const ATTRIBUTES = ':@';

type Node = Readonly<Record<string, readonly Node[]>> & {
  readonly [ATTRIBUTES]?: Readonly<Record<string, string>>;
};

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseAttributeValue: false,
  parseTagValue: false,
});

/** @throws {AgentError} `transient`, for what is no XML with that root */
export function parseElement(xml: string, root: string): Element {
  try {
    const [found] = (parser.parse(xml) as readonly Node[]).map(elementOf).filter(({ name }) => name === root);
    if (found !== undefined) return found;
  } catch {
    // Cut off or no XML at all: said below.
  }
  throw new AgentError('transient', `Pacemaker's answer has no ${root}; ask again`);
}

/** All elements of those names below `element`, at whatever depth, in order. */
export function descendants(element: Element, ...names: readonly string[]): readonly Element[] {
  return element.children.flatMap((child) => [
    ...(names.includes(child.name) ? [child] : []),
    ...descendants(child, ...names),
  ]);
}

/** The elements of that path of names below `element`. */
export function under(element: Element, ...path: readonly string[]): readonly Element[] {
  const [name, ...rest] = path;
  if (name === undefined) return [element];
  return element.children.filter((child) => child.name === name).flatMap((child) => under(child, ...rest));
}

function elementOf(node: Node): Element {
  const name = Object.keys(node).find((key) => key !== ATTRIBUTES) ?? '';
  const content = node[name];
  return {
    name,
    at: Object.fromEntries(
      Object.entries(node[ATTRIBUTES] ?? {}).map(([key, value]) => [key, visible(value)]),
    ),
    children: (Array.isArray(content) ? content : []).filter((child) => !('#text' in child)).map(elementOf),
  };
}
