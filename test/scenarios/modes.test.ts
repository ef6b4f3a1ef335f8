import { expect } from 'vitest';
import { environmentOf, executable } from './agent.ts';
import { scenario } from './scenario.ts';

const DIRECTORIES =
  '/run/resource-agents /run/varlib /run/systemd/network /etc/iproute2/rt_tables.d /var/lib/aws-eni';

/** Whether a mode lets others than root write, where it does not keep what is theirs apart. */
const WRITABLE = /^(?!1)\d*[2367]\d? |^(?!1)\d*[2367] /m;

scenario.for(['0', '022', '0777'])(
  'what a start makes has its mode whatever the umask: %s',
  async (umask, { sandbox }) => {
    const { a } = sandbox.nodes;
    const environment = { OCF_RESKEY_trace_ra: '1', HA_VARLIB: '/run/varlib' };
    const script = `rm -rf ${DIRECTORIES}; umask ${umask}; exec "$0" start`;
    const started = await a.exec('sh', ['-c', script, executable], {
      env: environmentOf(sandbox, a, 'start', { environment }),
    });
    expect(started).toMatchObject({ exitCode: 0 });
    const list = `find ${DIRECTORIES} -printf '%m %y %p\\n' | sed -E 's/[0-9]{4}-[0-9-]+\\.[0-9:]+$/WHEN/' | sort -k3`;
    const { stdout } = await a.exec('sh', ['-c', list]);
    expect(stdout).not.toMatch(WRITABLE);
    expect(stdout.split('\n')).toEqual([
      '755 d /etc/iproute2/rt_tables.d',
      '644 f /etc/iproute2/rt_tables.d/aws-eni-MYHA.conf',
      '1755 d /run/resource-agents',
      '644 f /run/resource-agents/aws-eni-service-eni.json',
      '600 f /run/resource-agents/aws-eni-service-eni.lock',
      '755 d /run/systemd/network',
      '644 f /run/systemd/network/0-aws-eni-service-eni.network',
      '755 d /run/varlib',
      '755 d /run/varlib/trace_ra',
      '755 d /run/varlib/trace_ra/aws-eni',
      '600 f /run/varlib/trace_ra/aws-eni/service-eni.start.WHEN',
      '755 d /var/lib/aws-eni',
      '755 d /var/lib/aws-eni/history',
      '644 f /var/lib/aws-eni/history/aws-eni-service-eni.jsonl',
    ]);
  },
);

scenario(
  'a link where a file of root’s is to be is replaced, and what it leads to stays',
  async ({ sandbox }) => {
    const { a } = sandbox.nodes;
    const links = [
      '/etc/iproute2/rt_tables.d/aws-eni-MYHA.conf',
      '/etc/iproute2/rt_tables.d/aws-eni-MYHA.conf.new',
      '/run/systemd/network/0-aws-eni-service-eni.network.new',
      '/run/resource-agents/aws-eni-service-eni.json',
      '/run/resource-agents/aws-eni-service-eni.json.new',
    ];
    const prepare = `mkdir -p ${DIRECTORIES}; echo precious > /run/precious; chmod 600 /run/precious
for link in ${links.join(' ')}; do ln -s /run/precious $link; done`;
    await a.exec('sh', ['-c', prepare]);
    const started = await a.exec(executable, ['start'], { env: environmentOf(sandbox, a, 'start', {}) });
    expect(started).toMatchObject({ exitCode: 0 });
    const { stdout } = await a.exec('sh', ['-c', 'cat /run/precious; stat -c %a /run/precious']);
    expect(stdout).toBe('precious\n600');
  },
);
