import { Agent } from 'node:https';
import type { NodeHttpHandlerOptions } from '@smithy/node-http-handler';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Target } from './proxy.ts';
import { proxyFor, shownProxy } from './proxy.ts';

/** As many connections as the SDK itself has. */
const SOCKETS = { keepAlive: true, maxSockets: 50 } as const;

type Handling = NodeHttpHandler['handle'];

/** Sends each request by the proxy that is named for its own host, and trusts whom the node's administrator does. */
export class Ec2Handler extends NodeHttpHandler {
  readonly #options: NodeHttpHandlerOptions;
  readonly #ca: string[] | undefined;
  #byProxy: Promise<NodeHttpHandler> | undefined;

  /** @param ca the certification authorities that vouch, as PEM; `undefined`: those that the runtime knows */
  constructor(options: NodeHttpHandlerOptions, ca: string[] | undefined) {
    super(ca === undefined ? options : { ...options, httpsAgent: new Agent({ ...SOCKETS, ca }) });
    this.#options = options;
    this.#ca = ca;
  }

  override async handle(...[request, options]: Parameters<Handling>): ReturnType<Handling> {
    const proxy = proxyFor(request);
    if (proxy === undefined) return super.handle(request, options);
    try {
      this.#byProxy ??= handlerBy(proxy, this.#options, this.#ca);
      return await (await this.#byProxy).handle(request, options);
    } catch (error) {
      throw nameProxy(error, request);
    }
  }
}

/** A failure on a way by a proxy carries which one it was. */
export function nameProxy(error: unknown, target: Target): unknown {
  const proxy = proxyFor(target);
  return error instanceof Error && proxy !== undefined
    ? Object.assign(error, { proxy: shownProxy(proxy) })
    : error;
}

async function handlerBy(
  proxy: URL,
  options: NodeHttpHandlerOptions,
  ca: string[] | undefined,
): Promise<NodeHttpHandler> {
  const { ProxyAgent } = await import('./proxy-agent.ts');
  const httpsAgent = new ProxyAgent(proxy, SOCKETS, ca === undefined ? {} : { ca });
  return new NodeHttpHandler({ ...options, httpsAgent });
}
