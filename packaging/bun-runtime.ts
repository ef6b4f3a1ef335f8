/** A third-party part of the Bun runtime. */
export interface RuntimePart {
  readonly name: string;
  /** An SPDX expression. */
  readonly license: string;
  /** Where its sources are, and in them its copyright notices. */
  readonly sources: string;
  /** A commit or a version. Left out where the runtime does not tell it. */
  readonly version?: string;
  /** Its name in the runtime's own `process.versions`, where it has one. */
  readonly reportedAs?: string;
}

/** What every executable that Bun compiles contains. */
export interface Runtime {
  readonly name: string;
  /** The version that the parts were looked up for. With another, look again. */
  readonly version: string;
  readonly commit: string;
  readonly license: string;
  readonly sources: string;
  /** What the list of the parts rests on. */
  readonly basis: string;
  readonly parts: readonly RuntimePart[];
}

/** Packages for the browser that Bun carries to bundle them; all are MIT by Bun's statement. */
const POLYFILLS = [
  ...['assert', 'browserify-zlib', 'buffer', 'constants-browserify', 'crypto-browserify', 'domain-browser'],
  ...[
    'events',
    'https-browserify',
    'os-browserify',
    'path-browserify',
    'process',
    'punycode',
    'querystring-es3',
  ],
  ...[
    'stream-browserify',
    'stream-http',
    'string_decoder',
    'timers-browserify',
    'tty-browserify',
    'url',
    'util',
  ],
  ...['vm-browserify', 'acorn', 'acorn-walk'],
];

/**
 * Left out of what Bun names: libuv and TigerBeetle's code, which are for Windows. Added to it: what Bun's build
 * links or `process.versions` reports, and its statement leaves out (SQLite, HdrHistogram_c, llhttp). "Several
 * licenses" are those that the part's own licence file has.
 */
const LINKED: readonly RuntimePart[] = [
  {
    name: 'WebKit (JavaScriptCore)',
    license: 'LGPL-2.0-or-later AND BSD-2-Clause',
    sources: 'https://github.com/oven-sh/WebKit',
    version: 'd6375c72affe0f70222cdcb45012b10f0bf3a9d5',
    reportedAs: 'webkit',
  },
  {
    name: 'BoringSSL',
    license: 'Apache-2.0 AND ISC AND MIT',
    sources: 'https://github.com/oven-sh/boringssl',
    version: 'fe703e9faa3bfd22b04eb192066856557b7e015c',
    reportedAs: 'boringssl',
  },
  { name: 'brotli', license: 'MIT', sources: 'https://github.com/google/brotli' },
  {
    name: 'libarchive',
    license: 'BSD-2-Clause AND BSD-3-Clause',
    sources: 'https://github.com/libarchive/libarchive',
    version: '27cbc7827172698143e440801fc0ba39ccb4f1f5',
    reportedAs: 'libarchive',
  },
  {
    name: 'lol-html',
    license: 'BSD-3-Clause',
    sources: 'https://github.com/cloudflare/lol-html',
    version: '725ce499aa9b71e38b7a2d0a9fbb6d7294a4079e',
    reportedAs: 'lolhtml',
  },
  // Crates that lol-html is built on, under another licence than all the rest.
  { name: 'cssparser', license: 'MPL-2.0', sources: 'https://github.com/servo/rust-cssparser' },
  { name: 'selectors', license: 'MPL-2.0', sources: 'https://github.com/servo/stylo' },
  {
    name: 'ls-hpack',
    license: 'MIT',
    sources: 'https://github.com/litespeedtech/ls-hpack',
    version: 'cf0f70dd10b352194c97448eb5d00b4aa484f531',
    reportedAs: 'lshpack',
  },
  { name: 'ls-qpack', license: 'MIT', sources: 'https://github.com/litespeedtech/ls-qpack' },
  { name: 'lsquic', license: 'MIT AND BSD-3-Clause', sources: 'https://github.com/litespeedtech/lsquic' },
  {
    name: 'mimalloc',
    license: 'MIT',
    sources: 'https://github.com/oven-sh/mimalloc',
    version: '92ef6587c57b262f6e6abf513f7776a2f8d12aeb',
    reportedAs: 'mimalloc',
  },
  {
    name: 'picohttpparser',
    license: 'MIT OR Artistic-1.0-Perl OR GPL-1.0-or-later',
    sources: 'https://github.com/h2o/picohttpparser',
    version: 'f4d94b48b31e0abae029ebeafcfd9ca0680ede58',
    reportedAs: 'picohttpparser',
  },
  {
    name: 'zstd',
    license: 'BSD-3-Clause OR GPL-2.0-only',
    sources: 'https://github.com/facebook/zstd',
    version: 'f8745da6ff1ad1e7bab384bd1f9d742439278e99',
    reportedAs: 'zstd',
  },
  { name: 'simdutf', license: 'Apache-2.0', sources: 'https://github.com/simdutf/simdutf' },
  {
    name: 'TinyCC',
    license: 'LGPL-2.1-only',
    sources: 'https://github.com/oven-sh/tinycc',
    version: '05f0fafaa3be31e31d7b4b5c17dc60f62c991171',
    reportedAs: 'tinycc',
  },
  {
    name: 'uSockets',
    license: 'Apache-2.0',
    sources: 'https://github.com/oven-sh/bun',
    version: 'a7733435cf40429e3b35c36072769df2052b80f1',
    reportedAs: 'usockets',
  },
  {
    name: 'uWebSockets',
    license: 'Apache-2.0',
    sources: 'https://github.com/oven-sh/bun',
    version: 'a7733435cf40429e3b35c36072769df2052b80f1',
    reportedAs: 'uwebsockets',
  },
  {
    name: 'zlib-ng',
    license: 'Zlib',
    sources: 'https://github.com/zlib-ng/zlib-ng',
    version: '12731092979c6d07f42da27da673a9f6c7b13586',
    reportedAs: 'zlib',
  },
  {
    name: 'c-ares',
    license: 'MIT',
    sources: 'https://github.com/c-ares/c-ares',
    version: '0b88066f79ac9745d6819899f1794df91b73c873',
    reportedAs: 'ares',
  },
  {
    name: 'ICU',
    license: 'Unicode-3.0',
    sources: 'https://github.com/unicode-org/icu',
    version: '78.3',
    reportedAs: 'icu',
  },
  { name: 'base64', license: 'BSD-2-Clause', sources: 'https://github.com/aklomp/base64' },
  {
    name: 'libdeflate',
    license: 'MIT',
    sources: 'https://github.com/ebiggers/libdeflate',
    version: '92e6a0db9fa848d742f9eb286c92afc60f2c3dda',
    reportedAs: 'libdeflate',
  },
  {
    name: 'libjpeg-turbo',
    license: 'BSD-3-Clause AND IJG AND Zlib',
    sources: 'https://github.com/libjpeg-turbo/libjpeg-turbo',
  },
  { name: 'libspng', license: 'BSD-2-Clause', sources: 'https://github.com/randy408/libspng' },
  { name: 'libwebp', license: 'BSD-3-Clause', sources: 'https://github.com/webmproject/libwebp' },
  { name: 'highway', license: 'Apache-2.0', sources: 'https://github.com/google/highway' },
  { name: 'uucode', license: 'MIT', sources: 'https://github.com/jacobsandlund/uucode' },
  {
    name: 'libc++abi (__cxa_thread_atexit)',
    license: 'Apache-2.0 WITH LLVM-exception',
    sources: 'https://github.com/llvm/llvm-project',
  },
  { name: 'esbuild (ported)', license: 'MIT', sources: 'https://github.com/evanw/esbuild' },
  {
    name: 'SQLite',
    license: 'blessing',
    sources: 'https://github.com/sqlite/sqlite',
    version: '3.54.1',
    reportedAs: 'sqlite',
  },
  {
    name: 'HdrHistogram_c',
    license: 'CC0-1.0 OR BSD-2-Clause',
    sources: 'https://github.com/HdrHistogram/HdrHistogram_c',
  },
  {
    name: 'llhttp',
    license: 'MIT',
    sources: 'https://github.com/nodejs/llhttp',
    version: '9.4.4',
    reportedAs: 'llhttp',
  },
];

/** The Bun runtime that is pinned in package.json. */
export const bunRuntime: Runtime = {
  name: 'bun',
  version: '1.4.5',
  commit: 'a7733435cf40429e3b35c36072769df2052b80f1',
  license: 'MIT',
  sources: 'https://github.com/oven-sh/bun',
  basis:
    "LICENSE.md of Bun's repository as of commit 09015d9125245b462c3a986d5c166ea28445a237, " +
    'scripts/build/deps/index.ts as of commit 06c2545a6e91e5c6a8611dadc18c0bc5cad00bfa, and ' +
    'process.versions of Bun 1.4.5 for the versions. Of the Rust crates that Bun uses, that statement names none; ' +
    'but for two under the MPL, which are listed, see Cargo.lock in its sources.',
  parts: [
    ...LINKED,
    ...POLYFILLS.map((name) => ({ name, license: 'MIT', sources: `https://www.npmjs.com/package/${name}` })),
  ],
};
