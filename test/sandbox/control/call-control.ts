import { request } from 'node:http';
import type { Control } from './control.ts';

/** Calls the sandbox's process. @throws with its own words, where it refuses */
export type CallControl = <Name extends keyof Control>(
  name: Name,
  ...args: Parameters<Control[Name]>
) => ReturnType<Control[Name]>;

export function callControl(socketPath: string): CallControl {
  return ((name: string, ...args: readonly unknown[]) => post(socketPath, name, args)) as CallControl;
}

function post(socketPath: string, name: string, args: readonly unknown[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const options = { socketPath, path: `/${name}`, method: 'POST', agent: false } as const;
    const call = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`sandbox.${name}: ${body}`));
      });
    });
    call.on('error', (cause) => reject(new Error(`sandbox.${name}: the sandbox does not answer`, { cause })));
    call.end(JSON.stringify(args));
  });
}
