/** An npm package as the lock file has it. */
export interface VendoredPackage {
  /** Its directory, such as `node_modules/a/node_modules/b`. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  /** Subresource integrity, such as `sha512-…`. */
  readonly integrity: string;
}

interface LockEntry {
  readonly version?: string;
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

export interface Lock {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

/**
 * The packages in `roots` and all that these depend on, by path. Optional ones are for other platforms, or for what
 * is not used here.
 * @throws {Error} naming a package that the lock file does not have
 */
export function vendoredPackages(lock: Lock, roots: readonly string[]): readonly VendoredPackage[] {
  const found = new Map<string, VendoredPackage>();
  const visit = (name: string, from: string): void => {
    const path = resolve(lock, name, from);
    if (found.has(path)) return;
    const { version, integrity, dependencies = {} } = lock.packages[path] ?? {};
    if (version === undefined || integrity === undefined) {
      throw new Error(`package-lock.json has no version and integrity of ${path}`);
    }
    found.set(path, { path, name, version, integrity });
    for (const dependency of Object.keys(dependencies)) visit(dependency, path);
  };
  for (const name of roots) visit(name, '');
  return [...found.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** As Node looks for a package: in the nearest node_modules, upwards. */
function resolve(lock: Lock, name: string, from: string): string {
  const path = `${from === '' ? '' : `${from}/`}node_modules/${name}`;
  if (lock.packages[path] !== undefined) return path;
  if (from === '') throw new Error(`package-lock.json has no package ${name}`);
  const upwards = from.lastIndexOf('/node_modules/');
  return resolve(lock, name, upwards < 0 ? '' : from.slice(0, upwards));
}
