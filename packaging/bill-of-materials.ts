import { Contrib, Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import library from '@cyclonedx/cyclonedx-library/package.json' with { type: 'json' };
import { PackageURL } from 'packageurl-js';
import parse from 'spdx-expression-parse';
import type { Runtime, RuntimePart } from './bun-runtime.ts';
import type { CompiledPackage } from './compiled-packages.ts';

/** By the names that RPM has for them. */
export type Architecture = 'x86_64' | 'aarch64';

/** What a build put into the executable. */
export interface Contents {
  /** Of aws-eni. */
  readonly version: string;
  readonly architecture: Architecture;
  readonly timestamp: Date;
  readonly packages: readonly CompiledPackage[];
  readonly runtime: Runtime;
}

const { Component, ExternalReference } = Models;
const { ComponentType, ExternalReferenceType } = Enums;
const { parsePackageIntegrity } = Contrib.FromNodePackageJson.Utils;
const licenses = new Contrib.License.Factories.LicenseFactory(parse);

/** Which of Bun's packages has the runtime for an architecture. */
const RUNTIME_PACKAGE: Readonly<Record<Architecture, string>> = {
  x86_64: 'bun-linux-x64',
  aarch64: 'bun-linux-aarch64',
};

/**
 * The software bill of materials of the executable, as CycloneDX 1.6 in JSON. The same contents give the same text:
 * it has no serial number, and its time is the one that comes with them.
 */
export function billOfMaterials(contents: Contents): string {
  const { version, architecture, timestamp, packages } = contents;
  const parts = packages.map(packageComponent);
  const runtime = runtimeComponent(contents);
  const main = new Component(ComponentType.Application, 'aws-eni', {
    bomRef: 'aws-eni',
    version,
    licenses: licenseOf('Apache-2.0'),
    purl: new PackageURL('generic', undefined, 'aws-eni', version, { arch: architecture }).toString(),
    dependencies: new Models.BomRefRepository([...parts, runtime].map(({ bomRef }) => bomRef)),
  });
  const bom = new Models.Bom({
    metadata: new Models.Metadata({
      timestamp,
      lifecycles: new Models.LifecycleRepository([Enums.LifecyclePhase.Build]),
      tools: new Models.Tools({ components: new Models.ComponentRepository([tool()]) }),
      component: main,
    }),
    components: new Models.ComponentRepository([...parts, runtime]),
  });
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

function packageComponent(one: CompiledPackage): Models.Component {
  const { name, version, author, homepage, repository, integrity } = one;
  const [group, base] = name.startsWith('@') ? name.split('/', 2) : [undefined, name];
  const purl = new PackageURL('npm', group, base ?? name, version).toString();
  const component = new Component(ComponentType.Library, base ?? name, {
    bomRef: purl,
    version,
    licenses: licenseOf(one.license),
    hashes: new Models.HashDictionary([parsePackageIntegrity(integrity)]),
    purl,
  });
  if (group !== undefined) component.group = group;
  if (author !== undefined) component.author = author;
  if (homepage !== undefined) {
    component.externalReferences.add(new ExternalReference(homepage, ExternalReferenceType.Website));
  }
  if (repository !== undefined) {
    component.externalReferences.add(new ExternalReference(repository, ExternalReferenceType.VCS));
  }
  return component;
}

function runtimeComponent({ runtime, architecture }: Contents): Models.Component {
  const { name, version, license, sources, basis } = runtime;
  const parts = runtime.parts.map(partComponent);
  const purl = new PackageURL('npm', '@oven', RUNTIME_PACKAGE[architecture], version).toString();
  return new Component(ComponentType.Platform, name, {
    bomRef: purl,
    version,
    description: `The JavaScript runtime. Its parts and their licences by: ${basis}`,
    licenses: licenseOf(license),
    externalReferences: sourcesAt(sources),
    purl,
    components: new Models.ComponentRepository(parts),
    dependencies: new Models.BomRefRepository(parts.map(({ bomRef }) => bomRef)),
  });
}

function partComponent({ name, license, sources, version }: RuntimePart): Models.Component {
  const purl = purlOf(sources, version);
  return new Component(ComponentType.Library, name, {
    bomRef: `bun/${name}`,
    licenses: licenseOf(license),
    externalReferences: sourcesAt(sources),
    ...(version === undefined ? {} : { version }),
    ...(purl === undefined ? {} : { purl }),
  });
}

/** Of sources on GitHub or of a package; a version that is no commit is no name of anything on GitHub. */
function purlOf(sources: string, version: string | undefined): string | undefined {
  const { hostname, pathname } = new URL(sources);
  const [owner, repository = ''] = pathname.slice(1).split('/');
  if (hostname !== 'github.com')
    return new PackageURL('npm', undefined, pathname.split('/').at(-1) ?? '').toString();
  const commit = version?.length === 40 ? version : undefined;
  return new PackageURL('github', owner, repository, commit).toString();
}

function licenseOf(expression: string): Models.LicenseRepository {
  const license = licenses.makeFromString(expression);
  license.acknowledgement = Enums.LicenseAcknowledgement.Declared;
  return new Models.LicenseRepository([license]);
}

function sourcesAt(url: string): Models.ExternalReferenceRepository {
  const isRepository = new URL(url).hostname === 'github.com';
  const type = isRepository ? ExternalReferenceType.VCS : ExternalReferenceType.Website;
  return new Models.ExternalReferenceRepository([new ExternalReference(url, type)]);
}

function tool(): Models.Component {
  return new Component(ComponentType.Library, 'cyclonedx-library', {
    group: '@cyclonedx',
    version: library.version,
    licenses: licenseOf(library.license),
  });
}
