import { expect, test } from 'vitest';
import { AgentError } from '../../src/core/failure.ts';
import { excerpt, oneLine, visible, withoutUser } from '../../src/core/one-line.ts';

test.each([
  ['two\nlines\r\nand a tab\t!', 'two lines and a tab !'],
  ['\u001b[2Jcleared\u0007', String.raw`\u001b[2Jcleared\u0007`],
  ['8 bits \u009b2J', String.raw`8 bits \u009b2J`],
  ['a\u2028b\u2029c\u0085d', 'a b c d'],
  ['right to left \u202egnp.exe', String.raw`right to left \u202egnp.exe`],
  ['half \ud800 of a character', String.raw`half \ud800 of a character`],
  ['proxy http://user:s3cret@10.0.0.1:3128 refuses', 'proxy http://10.0.0.1:3128 refuses'],
  ['write to me@example.com', 'write to me@example.com'],
])('%j is shown as %j', (text, shown) => {
  expect(oneLine(text)).toBe(shown);
});

test.each([
  [`token FwoGZXIvYXdzE/+=${'Ab1/'.repeat(60)} refused`, 'token *** refused'],
  ['Credential=ASIA0123456789ABCDEF/20260101', 'Credential=***/20260101'],
  [
    'User: arn:aws:sts::123456789012:assumed-role/aws-eni-node/i-0aaaaaaaaaaaaaaaa is not authorized',
    'User: arn:aws:sts::123456789012:assumed-role/aws-eni-node/i-0aaaaaaaaaaaaaaaa is not authorized',
  ],
])('what somebody else said is shown without credentials: %#', (text, shown) => {
  expect(excerpt(text)).toBe(shown);
});

test.each([
  ['JSON Parse error: Unexpected identifier "s3cret"; look there', 'JSON Parse error; look there'],
  [`Unexpected token 's', "s3cret and more"... is not valid JSON`, 'is not valid JSON'],
  [`"s3cret" of it: Unexpected token 's', "s3cret" is not valid JSON`, '"s3cret" of it: is not valid JSON'],
])('what a parser did not understand is not repeated: %s', (text, shown) => {
  expect(oneLine(text)).toBe(shown);
});

test.each([
  ['http://user:s3cret@10.0.0.1:3128', 'http://***@10.0.0.1:3128'],
  ['http://us er:s3/cr@et@10.0.0.1', 'http://***@10.0.0.1'],
  ['user:s3cret@proxy', '***@proxy'],
  ['http:user:s3cret@proxy', '***@proxy'],
  ['http:\\\\user:s3cret@proxy', '***@proxy'],
  ['//user:s3cret%40proxy', '***@proxy'],
  ['http://user:s3cret\uff20proxy', 'http://***@proxy'],
  ['http://proxy:3128', 'http://proxy:3128'],
])('what may be a URL is shown without its user: %j', (text, shown) => {
  expect(withoutUser(text)).toBe(shown);
});

test.each([
  ['clear\u001b[2J and \u009b2J', String.raw`clear\u001b[2J and \u009b2J`],
  ['right to left \u202egnp.exe', String.raw`right to left \u202egnp.exe`],
  ['\ud800 and a tag \u{e0001}', String.raw`\ud800 and a tag \udb40\udc01`],
  ['Ünïcode, ’quoted’', 'Ünïcode, ’quoted’'],
])('what a terminal would act on is made visible: %j', (text, shown) => {
  expect(visible(text)).toBe(shown);
  expect(JSON.parse(`"${visible(text)}"`)).toBe(text);
});

test('a password is gone before the text is cut', () => {
  expect(oneLine(`${'x'.repeat(70)}http://admin:hun@ter2@proxy/`, 80)).toBe(`${'x'.repeat(70)}http://pr…`);
  expect(oneLine(`${'http://admin:hunter2@/'.repeat(20)}`, 10)).not.toContain('admin');
});

test('is cut where a person would no longer read', () => {
  expect(oneLine('x'.repeat(1_048_576))).toHaveLength(2_000);
  expect(excerpt('x '.repeat(524_288))).toHaveLength(300);
  expect(excerpt(`${'x '.repeat(149)}xyz`)).toBe(`${'x '.repeat(149)}x…`);
});

test('every reason is one', () => {
  expect(new AgentError('node', 'EC2 said\nocf-exit-reason:all is well').message).toBe(
    'EC2 said ocf-exit-reason:all is well',
  );
});
