import parse from 'spdx-expression-parse';

/**
 * The SPDX expression of a whole whose parts have these: all of them apply, each named once, sorted. A choice
 * stays a choice, in parentheses. Throws for what is no SPDX expression.
 */
export function licenseExpression(expressions: readonly string[]): string {
  const all = new Set(expressions.flatMap((expression) => conjuncts(parse(expression))));
  return [...all].sort().join(' AND ');
}

/** The SPDX identifiers of the licences, and of the exceptions to them, that an expression names. */
export function licenseIds(expression: string): readonly string[] {
  return [...new Set(idsOf(parse(expression)))].sort();
}

function conjuncts(info: parse.Info): readonly string[] {
  if ('conjunction' in info && info.conjunction === 'and') {
    return [...conjuncts(info.left), ...conjuncts(info.right)];
  }
  return [textOf(info)];
}

/** In parentheses, but for a choice that is part of another choice. */
function textOf(info: parse.Info, outer?: 'and' | 'or'): string {
  if ('conjunction' in info) {
    const { conjunction, left, right } = info;
    const text = `${textOf(left, conjunction)} ${conjunction.toUpperCase()} ${textOf(right, conjunction)}`;
    return conjunction === outer ? text : `(${text})`;
  }
  const license = info.plus ? `${info.license}+` : info.license;
  return info.exception === undefined ? license : `${license} WITH ${info.exception}`;
}

function idsOf(info: parse.Info): readonly string[] {
  if ('conjunction' in info) return [...idsOf(info.left), ...idsOf(info.right)];
  return info.exception === undefined ? [info.license] : [info.license, info.exception];
}
