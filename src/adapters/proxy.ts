import type { Agent } from 'node:https';
import { oneLine } from '../core/one-line.ts';

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

/** The proxy on the way to `url`, without user and password; `undefined`: straight. */
export async function proxyFor(url: string): Promise<string | undefined> {
  const { getProxyForUrl } = await import('proxy-from-env');
  const proxy = url.startsWith('https:') ? getProxyForUrl(url) : '';
  return proxy === '' ? undefined : oneLine(proxy);
}
