import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import packageJson from '../package.json' with { type: 'json' };
import { metadata } from '../src/ocf/metadata.ts';
import { agentPage } from './agent-page.ts';
import { commandsPage } from './commands-page.ts';
import { completionFiles, completionScript, shells } from './completion.ts';
import { withGeneratedParts } from './readme.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Writes what is made from the tables; the tests compare it with what is committed. */
await writeFile(`${root}/ocf/metadata.xml`, metadata(packageJson.version));
const example = await readFile(`${root}/ocf/examples/two-nodes.crm`, 'utf8');
await writeFile(
  `${root}/packaging/ocf_custom_aws-eni.7`,
  agentPage({ version: packageJson.version, example }),
);
await writeFile(`${root}/packaging/aws-eni.8`, commandsPage(packageJson.version));
for (const shell of shells) {
  await writeFile(`${root}/${completionFiles[shell]}`, await completionScript(shell, process.execPath));
}
const readme = `${root}/README.md`;
await writeFile(readme, withGeneratedParts(await readFile(readme, 'utf8')));
