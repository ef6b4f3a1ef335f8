import { existsSync, renameSync, rmSync } from 'node:fs';
import type { Mac } from '../../core/ids.ts';
import { isMac } from '../../core/ids.ts';
import { freshPathOf, replaceFile } from '../replace-file.ts';
import { textOf } from './text-of.ts';

/** Who goes by a file of ours, which says that a device is to be left alone. */
export interface NoticeReader {
  readonly name: string;
  /** Whether there is anybody to read it. */
  isInstalled(): boolean;
  readonly noticePath: string;
  noticeFor(mac: Mac): string;
  /** Makes it read the notice, or that it is gone. */
  reread(untilMs: number): Promise<void>;
}

export const MADE_BY =
  '# Made by the resource agent ocf:custom:aws-eni: while the resource is here, nobody else configures its ENI.';

export async function post(reader: NoticeReader, mac: Mac, untilMs: number): Promise<void> {
  replaceFile(reader.noticePath, reader.noticeFor(mac));
  rmSync(withdrawnPathOf(reader), { force: true });
  await reader.reread(untilMs);
}

export function isPosted(reader: NoticeReader, mac: Mac): boolean {
  return textOf(reader.noticePath) === reader.noticeFor(mac);
}

/** What an interrupted one has left is gone on with: its reader may not yet have been told. */
export async function withdraw(reader: NoticeReader, untilMs: number): Promise<void> {
  const withdrawn = withdrawnPathOf(reader);
  rmSync(freshPathOf(reader.noticePath), { force: true });
  if (existsSync(reader.noticePath)) renameSync(reader.noticePath, withdrawn);
  try {
    if (reader.isInstalled()) await reader.reread(untilMs);
  } finally {
    rmSync(withdrawn, { force: true });
  }
}

/** Whether there is anything to withdraw. */
export function isLeft(reader: NoticeReader): boolean {
  const { noticePath } = reader;
  return [noticePath, withdrawnPathOf(reader), freshPathOf(noticePath)].some((path) => existsSync(path));
}

/** Whose device a notice is about. */
export function macOf(reader: NoticeReader): Mac | undefined {
  const text = textOf(reader.noticePath) || textOf(withdrawnPathOf(reader));
  const [mac = ''] = /(?:[0-9a-f]{2}:){5}[0-9a-f]{2}/.exec(text) ?? [];
  return isMac(mac) ? mac : undefined;
}

/** A name that no reader goes by. */
function withdrawnPathOf({ noticePath }: NoticeReader): string {
  return `${noticePath}.withdrawn`;
}
