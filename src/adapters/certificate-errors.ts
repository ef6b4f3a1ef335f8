/** What a TLS library says where nobody whom it trusts vouches. Source: OpenSSL, X509_STORE_CTX_get_error(3). */
const NOBODY_VOUCHES =
  /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT(?:_LOCALLY)?|UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_UNTRUSTED|CERT_REJECTED|CERT_CHAIN_TOO_LONG|INVALID_CA|PATH_LENGTH_EXCEEDED|INVALID_PURPOSE)$/;
const NOT_AT_THIS_TIME = /^(?:CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/;
const OTHER_NAME = /^(?:ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/;

/** What to do about a certificate that was refused; `undefined`: it is another failure. */
export function certificateRemedy(code: string): string | undefined {
  if (NOBODY_VOUCHES.test(code)) {
    return "this node trusts no certification authority that vouches for it: add the CA of the endpoint or proxy to the distribution's store (update-ca-certificates), or name a file of all that are to be trusted in AWS_CA_BUNDLE in /etc/sysconfig/pacemaker";
  }
  if (NOT_AT_THIS_TIME.test(code)) {
    return "check this node's clock ('chronyc tracking') and the dates of the certificate of the endpoint or proxy";
  }
  return OTHER_NAME.test(code)
    ? 'the certificate is for another host: correct endpoint_url or AWS_ENDPOINT_URL_EC2, or have the host in the certificate'
    : undefined;
}
