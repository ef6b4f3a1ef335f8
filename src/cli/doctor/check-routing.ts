import { AGENT_PROTOCOL } from '../../core/kernel.ts';
import { captureObstacles, tableObstacles } from '../../core/obstacles.ts';
import type { Settings } from '../../core/settings.ts';
import type { Check, Group } from './check.ts';
import { judged, objected, verdictsOf } from './check.ts';
import { withSituation } from './check-eni.ts';
import type { Facts } from './facts.ts';

/** Whether the table, its number and the rules' priority are this resource's alone. */
export function checkRouting(facts: Facts, settings: Settings): Group {
  return {
    title: 'Routing',
    checks: [table(facts, settings), priority(facts, settings), capture(facts, settings)],
  };
}

function table(facts: Facts, settings: Settings): Check {
  const { routingTable: name, routingTableId: id } = settings;
  const verdicts = verdictsOf('table', 'table and number');
  if (facts.eni.state === 'present') {
    return withSituation(verdicts, facts, (situation) =>
      objected(verdicts, tableObstacles(situation, settings), `${name}, ${id}: free for this resource`),
    );
  }
  return judged(verdicts, facts.tableNumbers, '', (numbers) => {
    const other = numbers.find((number) => number !== id);
    return other === undefined
      ? verdicts.ok(`${name} is not declared with another number than ${id}`)
      : verdicts.failed(
          `${name} is table ${other} on this node, not ${id}`,
          `set routing_table_id=${other}, or another name`,
        );
  });
}

function priority({ kernel }: Facts, { rulePriority, routingTableId }: Settings): Check {
  const verdicts = verdictsOf('rule-priority', 'rule priority');
  return judged(verdicts, kernel, '', ({ rules }) => {
    const others = rules.filter(
      (rule) =>
        rule.priority === rulePriority &&
        !(rule.table === routingTableId && rule.protocol === AGENT_PROTOCOL),
    );
    const [first] = others;
    return first === undefined
      ? verdicts.ok(`${rulePriority}: free`)
      : verdicts.warning(
          `${rulePriority} also has a rule from ${first.from} to table ${first.table} that is not the agent's`,
          'both work; set rule_priority to another number to tell them apart',
        );
  });
}

function capture(facts: Facts, settings: Settings): Check {
  const verdicts = verdictsOf('rule-from', 'what the rules match');
  const what = Array.isArray(settings.ruleFrom) ? settings.ruleFrom.join(', ') : settings.ruleFrom;
  if (settings.ruleFrom === 'addresses') return verdicts.ok('addresses: nothing of the node itself');
  if (settings.ruleFrom === 'subnet' && facts.subnet.state === 'unknown')
    return verdicts.unknown(facts.subnet.because);
  return withSituation(verdicts, facts, (situation) =>
    objected(verdicts, captureObstacles(situation, settings), `${String(what)}: nothing of the node itself`),
  );
}
