import { expect, test } from 'vitest';
import { translate } from '../../src/adapters/ec2-errors.ts';

test.each([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'AWS_CA_BUNDLE'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'AWS_CA_BUNDLE'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'AWS_CA_BUNDLE'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'AWS_CA_BUNDLE'],
  ['CERT_HAS_EXPIRED', 'chronyc tracking'],
  ['CERT_NOT_YET_VALID', 'chronyc tracking'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'endpoint_url'],
  ['ECONNREFUSED', 'the AWS Health Dashboard'],
])('after %s the next move is about %s', (code, move) => {
  const error = translate(Object.assign(new Error('refused'), { code }), 'describing eni-1', 5);
  expect(error.kind).toBe('transient');
  expect(error.message).toContain(`calling EC2 ended in ${code}: refused (after 5 ms); `);
  expect(error.message.split('); ')[1]).toContain(move);
});

test('a failure by a proxy names it, unless EC2 itself has answered', () => {
  const proxy = 'http://proxy.example.com:3128';
  const lost = translate(Object.assign(new Error('gone'), { code: 'ECONNRESET', proxy }), 'describing', 5);
  expect(lost.message).toContain(`(after 5 ms, by the proxy ${proxy}); look at the proxy`);
  const $metadata = { httpStatusCode: 400, requestId: 'req-1' };
  const refused = Object.assign(new Error('no'), { name: 'InvalidSubnetID.NotFound', $metadata, proxy });
  expect(translate(refused, 'describing', 5).message).not.toContain('proxy');
});
