/** From this Pacemaker on the property is called `fencing-enabled`, and where both are there that one counts. Source: its release notes, 3.0.2. */
const RENAMED_IN = [3, 0, 2] as const;

export interface FencingProperty {
  /** As this cluster's Pacemaker is to be told. */
  readonly name: 'fencing-enabled' | 'stonith-enabled';
  /** The one that counts, as it stands there; `undefined`: neither is set, and it is on by default. */
  readonly set: { readonly name: string; readonly value: string } | undefined;
  readonly isOn: boolean;
}

/** Which property says whether the cluster fences, and what it says. An unknown version goes by the older name. */
export function fencingProperty(properties: Readonly<Record<string, string>>): FencingProperty {
  const isRenamed = isAtLeast(properties['dc-version'] ?? '', RENAMED_IN);
  const name = isRenamed ? 'fencing-enabled' : 'stonith-enabled';
  const [set] = (isRenamed ? ['fencing-enabled', 'stonith-enabled'] : ['stonith-enabled']).flatMap((one) => {
    const value = properties[one];
    return value === undefined ? [] : [{ name: one, value }];
  });
  return { name, set, isOn: set === undefined || !/^(?:false|no|off|0|n)$/i.test(set.value) };
}

/** @param version as in `3.0.3-1.2-a1b2c3d` */
function isAtLeast(version: string, least: readonly number[]): boolean {
  const parts = version.split(/[.-]/).map(Number);
  for (const [at, wanted] of least.entries()) {
    const part = parts[at] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}
