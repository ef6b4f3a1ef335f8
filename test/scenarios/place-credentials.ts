import type { SandboxNode } from '../sandbox/sandbox.ts';

/** The node's own credentials in `file`, as a `credential_process` prints them. */
export async function placeCredentials(node: SandboxNode, file: string): Promise<void> {
  const script = `service=http://169.254.169.254/latest
token=$(curl -sf -m 5 -X PUT -H 'x-aws-ec2-metadata-token-ttl-seconds: 60' $service/api/token)
curl -sf -m 5 -H "x-aws-ec2-metadata-token: $token" $service/meta-data/iam/security-credentials/aws-eni-node |
sed 's/"Token"/"Version": 1, "SessionToken"/' > ${file}`;
  const { exitCode, stderr } = await node.exec('sh', ['-ec', script]);
  if (exitCode !== 0) throw new Error(`the credentials of ${node.name}: ${stderr}`);
}
