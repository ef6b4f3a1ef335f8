import { readFile, writeFile } from 'node:fs/promises';
import { expect } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { buildPackages, copyOfProject } from '../rpm/copy-of-project.ts';
import { inScratchDirectory, packageFile } from '../rpm/packages.ts';
import { mutatingCalls } from '../scenarios/expectations.ts';
import type { Cluster } from './cluster.ts';
import { clusterScenarioWith } from './cluster-scenario.ts';
import { actionsOf, expectServedBy, moveTo } from './expectations.ts';
import { watchedWhile } from './watched.ts';

const PREVIOUS = '0.0.9';

/** Where the nodes have the package, each its own. */
const ROOT = '/run/package';
const VERSIONS = '/run/agent-versions';

const replace = { 'op monitor timeout=30s interval=20s': 'op monitor timeout=30s interval=2s' };

clusterScenarioWith({ replace })(
  'the package is upgraded, downgraded and removed under the running resource: the client loses nothing',
  // Two more packages are built meanwhile.
  { timeout: 600_000 },
  async ({ cluster }) => {
    await inScratchDirectory(async (scratch) => {
      const previous = await previousPackage(scratch);
      const current = packageFile('x86_64');
      const { a, b } = cluster.sandbox.nodes;
      await noteVersions(cluster);
      const actions = await actionsOf(cluster, a);
      await cluster.sandbox.resetRequests();
      const borne = await watchedWhile(cluster, async () => {
        await rpm(cluster, `--install ${previous}`);
        await installed(cluster);
        await monitoredBy(cluster, PREVIOUS);
        await rpm(cluster, `--upgrade ${current}`);
        await monitoredBy(cluster, packageJson.version);
        await rpm(cluster, `--upgrade --oldpackage ${previous}`);
        await monitoredBy(cluster, PREVIOUS);
        await rpm(cluster, `--upgrade ${current}`);
        await monitoredBy(cluster, packageJson.version);
      });
      expect(borne).toEqual({ outages: [], repeatedPackets: 0 });
      await expectServedBy(cluster, a);

      // Taken away, it leaves what the agent has made: only Pacemaker takes the service away.
      await cluster.run('crm configure property maintenance-mode=true');
      await cluster.settled();
      const away = await watchedWhile(cluster, async () => {
        await rpm(cluster, '--erase aws-eni');
        expect(
          await cluster.run(`find ${ROOT} -path ${ROOT}/var -prune -o -name '*aws-eni*' -print`, a),
        ).toBe('');
        expect(await cluster.run(`find ${ROOT}/usr/lib/ocf -type f`, a).catch(() => '')).toBe('');
        await rpm(cluster, `--install ${current}`);
      });
      expect(away).toEqual({ outages: [], repeatedPackets: 0 });
      await cluster.run('crm configure property maintenance-mode=false');
      await monitoredBy(cluster, packageJson.version);
      await expectServedBy(cluster, a);

      expect(await actionsOf(cluster, a)).toEqual(actions);
      expect(await mutatingCalls(cluster.sandbox)).toEqual([]);

      // And the package's agent moves the service, like the one that it has replaced.
      await moveTo(cluster, b);
      await expectServedBy(cluster, b);
    });
  },
);

/** The same agent, but for the version it says it is. */
async function previousPackage(scratch: string): Promise<string> {
  const directory = `${scratch}/previous`;
  await copyOfProject(directory);
  for (const path of [
    'package.json',
    'packaging/aws-eni.spec',
    'packaging/aws-eni.changes',
    'ocf/metadata.xml',
  ]) {
    const text = await readFile(`${directory}/${path}`, 'utf8');
    const changed = text.replaceAll(packageJson.version, PREVIOUS);
    expect(changed).not.toBe(text);
    await writeFile(`${directory}/${path}`, changed);
  }
  await buildPackages(directory, 'x86_64');
  return packageFile('x86_64', PREVIOUS, `${directory}/dist/rpm`);
}

/** On both nodes, as the operator would, with what the package requires there already. */
async function rpm(cluster: Cluster, words: string): Promise<void> {
  const { a, b } = cluster.sandbox.nodes;
  for (const node of [a, b])
    await cluster.run(`mkdir -p ${ROOT} && rpm --root ${ROOT} --nodeps ${words}`, node);
}

/** Pacemaker finds the package's agent from here on. */
async function installed(cluster: Cluster): Promise<void> {
  const { a, b } = cluster.sandbox.nodes;
  const agent = '/usr/lib/ocf/resource.d/custom/aws-eni';
  for (const node of [a, b]) await cluster.run(`ln -sfn ${ROOT}${agent} ${agent}`, node);
}

/** Has each process of the agent that asks for the node's addresses note its own version first. */
async function noteVersions(cluster: Cluster): Promise<void> {
  const { a } = cluster.sandbox.nodes;
  await cluster.run(
    `
mkdir -p /run/noting
ip=$(readlink -f "$(command -v ip)")
touch /run/noting/real-ip && mount --bind "$ip" /run/noting/real-ip
cat > /run/noting/ip <<'END'
#!/bin/sh
case "$(readlink /proc/$PPID/exe)" in *aws-eni*) /proc/$PPID/exe --version >> ${VERSIONS} ;; esac
exec /run/noting/real-ip "$@"
END
chmod 755 /run/noting/ip
mount --bind /run/noting/ip "$ip"
`,
    a,
  );
}

/** Resolves when a monitor that began from now on was that version's. */
async function monitoredBy(cluster: Cluster, version: string): Promise<void> {
  const { a } = cluster.sandbox.nodes;
  await cluster.run(`: > ${VERSIONS}`, a);
  await expect.poll(() => cluster.run(`tail -n 1 ${VERSIONS}`, a), { timeout: 30_000 }).toBe(version);
}
