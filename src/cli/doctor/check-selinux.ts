import type { MonitorAnswer } from '../../ports/host.ts';
import type { Check } from './check.ts';
import { verdictsOf } from './check.ts';
import type { SelinuxFacts } from './selinux.ts';

const BY_PACEMAKER =
  "have Pacemaker itself try it: 'crm resource refresh RESOURCE', then 'crm_mon -1rf' shows what its monitor says";

/** Whether the agent works in the domain where Pacemaker runs it, which is not that of a shell. */
export function checkSelinux({ mode, pacemakersContext, trial }: SelinuxFacts): Check {
  const verdicts = verdictsOf('selinux', 'SELinux');
  if (mode.state === 'unknown') return verdicts.unknown(`its mode is not known: ${mode.because}`);
  if (mode.state === 'absent') return verdicts.ok('not on this node, or disabled');
  if (pacemakersContext.state !== 'present') {
    const why =
      pacemakersContext.state === 'absent' ? 'Pacemaker does not run here' : pacemakersContext.because;
    return verdicts.unknown(
      `${mode.value}; where Pacemaker runs the agent is not known: ${why}; look again while it runs`,
    );
  }
  const context = pacemakersContext.value;
  const domain = context.split(':')[2] ?? context;
  const where = `${mode.value}, Pacemaker's processes in ${domain}`;
  if (mode.value === 'permissive') return verdicts.ok(`${where}: it refuses nothing, and logs what it would`);
  if (trial.state !== 'present') {
    const why = trial.state === 'absent' ? 'it was not tried' : trial.because;
    return verdicts.unknown(`${where}; whether the agent works there: ${why}; ${BY_PACEMAKER}`);
  }
  const { here, there } = trial.value;
  if (!hasLooked(here)) {
    return verdicts.unknown(
      `${where}; whether the agent works there can't be told while it fails here: monitor ends with ${worded(here)}`,
    );
  }
  return here.exitCode === there.exitCode
    ? verdicts.ok(`${where}, where monitor works: it ends with ${there.exitCode}, as here`)
    : verdicts.failed(
        `${where}, where monitor ends with ${worded(there)}; here with ${worded(here)}`,
        "run 'semodule --disable_dontaudit --build', then this again, then 'ausearch -m avc -ts recent', which shows what was refused; 'semodule --build' undoes the first",
      );
}

/** It served or did not: whatever else means that it could not look, or found something wrong. */
function hasLooked({ exitCode }: MonitorAnswer): boolean {
  return exitCode === 0 || exitCode === 7;
}

function worded({ exitCode, reason }: MonitorAnswer): string {
  return reason === '' ? `${exitCode}` : `${exitCode} ("${reason}")`;
}
