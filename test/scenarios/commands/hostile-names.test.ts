import { describe, expect } from 'vitest';
import type { Sandbox, SandboxNode } from '../../sandbox/sandbox.ts';
import { NODE_A, NODE_B } from '../../sandbox/sandbox-options.ts';
import { eniId } from '../agent.ts';
import { placePrograms } from '../place-program.ts';
import { scenario } from '../scenario.ts';
import type { CommandCall } from './call-command.ts';
import { callCommand, callForJson } from './call-command.ts';

/** What a shell would run. */
const ID = "x$(touch /run/pwned)`touch /run/pwned`'; touch /run/pwned; '";
/** What a terminal would obey: clear the screen by 7 bits and by 8, colour, write from right to left, ring. */
const NODE = 'a\u001b[2J\u009b2J\u001b[31m\u202e\u0007';

const xml = (text: string): string =>
  text
    .replaceAll(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`)
    .replaceAll('\u001b', '&#27;')
    .replaceAll('\u0007', '&#7;');

const operations = ['start', 'stop', 'monitor']
  .map((name) => `<op id="${name}" name="${name}" interval="0" timeout="1s"/>`)
  .join('');
const CIB = `<cib><configuration><crm_config/><resources>
<primitive id="fencing" class="stonith" type="fence_aws"><instance_attributes id="f"><nvpair id="m" name="pcmk_host_map" value="${xml(NODE)}:${NODE_A};node-b:${NODE_B}"/></instance_attributes></primitive>
<primitive id="${xml(ID)}" class="ocf" provider="custom" type="aws-eni"><instance_attributes id="i"><nvpair id="e" name="eni_id" value="${eniId}"/></instance_attributes><operations>${operations}</operations></primitive>
</resources></configuration></cib>`;
const STATUS = `<pacemaker-result><nodes><node name="${xml(NODE)}" online="true"/><node name="node-b" online="true"/></nodes>
<resources><resource id="${xml(ID)}" managed="true" role="Started"><node name="${xml(NODE)}"/></resource></resources>
<bans><ban id="b" resource="${xml(ID)}" node="${xml(NODE)}"/></bans></pacemaker-result>`;

async function hostileCluster(node: SandboxNode): Promise<CommandCall> {
  const answer = (text: string): string => `cat << 'END'\n${text}\nEND`;
  const PATH = await placePrograms(node, {
    crm_node: answer(NODE),
    cibadmin: answer(CIB),
    crm_mon: answer(STATUS),
  });
  await node.exec('sh', ['-c', 'touch /etc/corosync/corosync.conf']);
  return { environment: { PATH } };
}

/** All but the end of a line. */
const UNSEEN = /(?!\n)[\p{Cc}\p{Cf}]/u;

const COMMANDS: readonly (readonly string[])[] = [
  ['show'],
  ['doctor'],
  ['plan', 'start'],
  ['plan', 'stop'],
  ['move'],
  ['move', '--dry-run', '--even-if-managed'],
  ['iam-policy', '--region', 'eu-central-1', '--account', '123456789012'],
  ['crm-config'],
  ['history'],
];

/** Whatever stands between quotes, or on lines of its own, and begins with a command: people paste it. */
function pasteable(text: string): readonly string[] {
  const hints = [
    ...text
      .replaceAll(/\s+/g, ' ')
      .matchAll(/(?:crm|crm_resource) (?:configure|resource|--resource) .*?(?=' |'$|; |$)/g),
  ];
  return [...hints.map(([hint]) => hint), ...text.split('\n').filter((line) => /^#?\s*crm /.test(line))];
}

describe('a cluster whose names are meant to do harm', () => {
  scenario(
    'is told of without a terminal or a shell obeying them',
    async ({ sandbox }: { sandbox: Sandbox }) => {
      const { a } = sandbox.nodes;
      const call = await hostileCluster(a);
      let toldOfNode = 0;
      for (const words of COMMANDS) {
        const { stdout, stderr } = await callCommand(sandbox, a, words, call);
        const text = `${stdout}\n${stderr}`;
        expect({ words, unseen: UNSEEN.exec(text)?.[0] }).toEqual({ words, unseen: undefined });
        if (text.includes('\\u009b2J')) toldOfNode += 1;
        for (const line of pasteable(text)) {
          await a.exec('sh', ['-c', `crm() { :; }; crm_resource() { :; }\n${line}`]);
          const { exitCode } = await a.exec('test', ['-e', '/run/pwned']);
          expect({ words, line, exitCode }).toEqual({ words, line, exitCode: 1 });
        }
      }
      expect(toldOfNode).toBeGreaterThan(1);
      const commands = (await callCommand(sandbox, a, ['crm-config'], call)).stdout;
      await a.exec('sh', ['-c', `crm() { printf '%s\\n' "$@" >> /run/told; }\n${commands}`]);
      expect((await a.exec('cat', ['/run/told'])).stdout).toContain(ID);
      expect(await a.exec('test', ['-e', '/run/pwned'])).toMatchObject({ exitCode: 1 });
      const { data } = await callForJson(sandbox, a, ['show'], call);
      expect(JSON.stringify(data)).toContain('touch /run/pwned');
    },
  );

  scenario(
    'and so are words of EC2 and of this node’s programs',
    async ({ sandbox }: { sandbox: Sandbox }) => {
      const { a } = sandbox.nodes;
      const PATH = await placePrograms(a, { flock: "printf 'flock 8\\302\\2332J\\n'" });
      const message = 'no \u009b2J\u202e';
      await sandbox.fault({
        match: { service: 'ec2' },
        do: { error: 'UnauthorizedOperation', status: 403, message },
      });
      const words = ['doctor', '--eni-id', eniId];
      const { stdout, stderr } = await callCommand(sandbox, a, words, { environment: { PATH } });
      expect(UNSEEN.exec(stdout + stderr)?.[0]).toBeUndefined();
      expect(stdout).toContain('flock 8\\u009b2J');
      expect(stdout).toContain('no \\u009b2J\\u202e');
    },
  );
});
