/** Every path of a JSON document as a command's `json` table writes it: `steps[].what`; those of lists without an index. */
export function pathsOf(value: unknown, path = ''): ReadonlySet<string> {
  const own = path === '' ? [] : [path];
  if (Array.isArray(value))
    return new Set(
      [...own, ...value.flatMap((item) => [...pathsOf(item, `${path}[]`)])].filter(
        (one) => !one.endsWith('[]'),
      ),
    );
  if (typeof value !== 'object' || value === null) return new Set(own);
  return new Set([
    ...own,
    ...Object.entries(value).flatMap(([key, item]) => [
      ...pathsOf(item, path === '' ? key : `${path}.${key}`),
    ]),
  ]);
}
