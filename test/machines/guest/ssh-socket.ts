/** Where commands for a virtual machine of a sandbox are sent. */
export function sshSocket(scratch: string, name: string): string {
  return `${scratch}/ssh-${name}`;
}
