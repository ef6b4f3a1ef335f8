import type { ClientRequest } from 'node:http';
import type { AgentOptions } from 'node:https';
import type { Socket } from 'node:net';
import { HttpsProxyAgent } from 'https-proxy-agent';

type Given = Parameters<HttpsProxyAgent<string>['connect']>[1];

/**
 * Connects by a proxy. The library gives its options to the connection with the proxy alone, and passes a refusal of the
 * proxy's on as if EC2 had answered it.
 */
export class ProxyAgent extends HttpsProxyAgent<string> {
  readonly #trust: Pick<AgentOptions, 'ca'>;

  constructor(proxy: URL, options: AgentOptions, trust: Pick<AgentOptions, 'ca'>) {
    super(proxy, { ...options, ...trust });
    this.#trust = trust;
  }

  override async connect(request: ClientRequest, given: Given): Promise<Socket> {
    let status = 200;
    request.once('proxyConnect', ({ statusCode }: { readonly statusCode: number }) => {
      status = statusCode;
    });
    const socket = await super.connect(request, { ...given, ...this.#trust } as Given);
    if (status === 200) return socket;
    socket.destroy();
    throw Object.assign(new Error(`the proxy refused to connect, with HTTP ${status}`), {
      name: 'ProxyError',
    });
  }
}
