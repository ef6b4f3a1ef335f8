import type { Agent } from 'node:https';

/**
 * The way to `url` through the proxy that HTTPS_PROXY and NO_PROXY name for it; `undefined`: straight. For EC2 alone:
 * through a proxy the metadata service would tell of the proxy's instance.
 */
export async function proxyAgentFor(url: string): Promise<Agent | undefined> {
  const { getProxyForUrl } = await import('proxy-from-env');
  const proxy = getProxyForUrl(url);
  if (proxy === '' || !url.startsWith('https:')) return undefined;
  const { HttpsProxyAgent } = await import('https-proxy-agent');
  return new HttpsProxyAgent(proxy);
}
