import type { Survey } from '../../agent/survey.ts';
import { everything, familyOf } from '../../core/address.ts';
import { foreignDefaultRoutes, hasRoute, hasRule } from '../../core/assess.ts';
import { desiredNetwork } from '../../core/desired.ts';
import type { Device, Kernel } from '../../core/kernel.ts';
import { deviceWithMac } from '../../core/kernel.ts';
import type { DesiredMtu } from '../../core/mtu.ts';
import type { Traits } from '../../core/service.ts';
import type { Settings } from '../../core/settings.ts';
import type { Expectation } from './expectation.ts';

/**
 * `ok`: as it should be. `missing`: should be here. `left over`: should not be here. `wrong`: neither of both, but not as
 * it should be. `moving`: EC2 is changing it. `unknown`: nobody told.
 */
export type FindingStatus = 'ok' | 'missing' | 'left over' | 'wrong' | 'moving' | 'unknown';

/** One thing beside what it should be. */
export interface Finding {
  readonly about: 'holder' | 'device' | 'address' | 'rule' | 'route' | 'cluster';
  readonly status: FindingStatus;
  readonly what: string;
}

/** Everything about the ENI and this node's kernel, in the order of a packet's way. */
export function findingsIn(survey: Survey, expectation: Expectation, settings: Settings): readonly Finding[] {
  return [holderFinding(survey, expectation), ...kernelFindings(survey, expectation, settings)];
}

function holderFinding({ eni, here }: Survey, { serves }: Expectation): Finding {
  const about = 'holder';
  if (eni.state === 'unknown') return { about, status: 'unknown', what: eni.because };
  if (eni.state === 'absent') return { about, status: 'wrong', what: 'EC2 knows no such ENI' };
  const { attachment } = eni.value;
  if (attachment === undefined) {
    return { about, status: serves ? 'missing' : 'ok', what: 'attached to no instance' };
  }
  const { instanceId, deviceIndex, status } = attachment;
  const ownId = here.state === 'present' ? here.value.instanceId : undefined;
  const isHere = instanceId === ownId;
  const who = `${instanceId}${isHere ? ', this instance' : ''}, ${status}, device index ${deviceIndex}`;
  if (ownId === undefined)
    return { about, status: 'unknown', what: `${who}; whether that is this instance is not known` };
  if (status !== 'attached') return { about, status: 'moving', what: who };
  if (isHere === serves) return { about, status: 'ok', what: who };
  return { about, status: isHere ? 'left over' : 'wrong', what: who };
}

function kernelFindings(
  { kernel, traits, mtu }: Survey,
  expectation: Expectation,
  settings: Settings,
): readonly Finding[] {
  if (kernel.state === 'unknown') return [{ about: 'device', status: 'unknown', what: kernel.because }];
  if (kernel.state === 'absent' || traits === undefined) {
    return [{ about: 'device', status: 'unknown', what: 'nobody told the MAC and the addresses of the ENI' }];
  }
  const all = piecesOf(kernel.value, traits, settings, mtu);
  const { serves } = expectation;
  const judged = all
    .filter(({ there }) => serves || there)
    .map(
      ({ about, what, there }): Finding => ({
        about,
        what,
        status: there === serves ? 'ok' : there ? 'left over' : 'missing',
      }),
    );
  const idle: Finding = { about: 'device', status: 'ok', what: 'nothing of the ENI is on this node' };
  return [...(judged.length === 0 ? [idle] : judged), ...foreignRoutes(kernel.value, traits, settings)];
}

interface Piece extends Pick<Finding, 'about' | 'what'> {
  readonly there: boolean;
}

function piecesOf(
  kernel: Kernel,
  traits: Traits,
  settings: Settings,
  mtu: DesiredMtu | undefined,
): readonly Piece[] {
  const device = deviceWithMac(kernel, traits.mac);
  const desired = desiredNetwork(traits, settings);
  const { routingTable: table } = settings;
  // An ENI that is attached but down and bare serves nobody.
  const isDown = device !== undefined && !(device.up && device.carrier);
  const named = device === undefined ? `a device with MAC ${traits.mac}` : `${device.name}, ${traits.mac}`;
  const state = device === undefined ? '' : isDown ? (device.up ? ', without a carrier' : ', down') : ', up';
  return [
    {
      about: 'device',
      what: `${named}${state}${sizeOf(device, mtu)}`,
      there: device !== undefined && !isDown,
    },
    ...desired.addresses.map(
      ({ address, prefixLength }): Piece => ({
        about: 'address',
        what: `${address}/${prefixLength}`,
        there: device?.addresses.some((own) => own.address === address) ?? false,
      }),
    ),
    ...desired.rules.map(
      (rule): Piece => ({
        about: 'rule',
        what: `${rule.priority}: from ${rule.from} lookup ${table}`,
        there: hasRule(kernel, rule),
      }),
    ),
    ...desired.routes.map(
      (route): Piece => ({
        about: 'route',
        what: `${nameOf(route.to)}${route.via === undefined ? '' : ` by ${route.via}`}, table ${table}`,
        there: device !== undefined && hasRoute(kernel, route, device),
      }),
    ),
  ];
}

/** The service does not depend on it, so that it is told, and nothing is called wrong for it. */
function sizeOf(device: Device | undefined, wanted: DesiredMtu | undefined): string {
  if (device?.mtu === undefined) return '';
  const should =
    wanted === undefined || wanted.bytes === device.mtu ? '' : ` (should be ${wanted.bytes}, ${wanted.from})`;
  return `, MTU ${device.mtu}${should}`;
}

function foreignRoutes(kernel: Kernel, traits: Traits, settings: Settings): readonly Finding[] {
  return foreignDefaultRoutes(kernel, deviceWithMac(kernel, traits.mac)).map(({ via, device }) => ({
    about: 'route',
    status: 'wrong',
    what: `default${via === undefined ? '' : ` by ${via}`} on ${device}, table ${settings.routingTable}: not of this resource`,
  }));
}

function nameOf(to: string): string {
  return to === everything(familyOf(to)) ? 'default' : to;
}
