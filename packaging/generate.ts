import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import packageJson from '../package.json' with { type: 'json' };
import { metadata } from '../src/ocf/metadata.ts';
import { agentPage } from './agent-page.ts';
import { withGeneratedParts } from './readme.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Writes what is made from the tables; the tests compare it with what is committed. */
await writeFile(`${root}/ocf/metadata.xml`, metadata(packageJson.version));
const example = await readFile(`${root}/ocf/examples/two-nodes.crm`, 'utf8');
await writeFile(
  `${root}/packaging/ocf_custom_aws-eni.7`,
  agentPage({ version: packageJson.version, example }),
);
const readme = `${root}/README.md`;
await writeFile(readme, withGeneratedParts(await readFile(readme, 'utf8')));
