/** The version of cells whose calls were served by another model than the one asked for: they teach nothing about that one. */
import { storedText } from '../ledger/names.ts';
import type { Quality } from './version-parts.ts';

/** Limit on a served model's name: a provider may send any, and a cell is kept for every hour. */
const MAX_NAME_LENGTH = 100;

/**
 * `served by gpt-5-pro for gpt-5-mini@1f0c`. The served model comes first, because a version may end with any text (the prompt's version).
 */
export function versionServedBy(version: string, servedBy: string): string {
  return `served by ${storedText(servedBy.replaceAll(/\s/g, '_'), MAX_NAME_LENGTH)} for ${version}`;
}

/** True for a version of {@link versionServedBy}; false for a model's own. */
export function isServedByOther(version: string): boolean {
  return version.startsWith('served by ');
}

/** The version of the model that was asked, and the one that served in its place; `undefined` for a model's own version. */
export function servedParts(version: string): { readonly asked: string; readonly servedBy: string } | undefined {
  const [, servedBy, asked] = /^served by (\S*) for (.*)$/s.exec(version) ?? [];
  return servedBy === undefined || asked === undefined ? undefined : { asked, servedBy };
}

/**
 * The quality that was asked for, or that of the model which serves in its place if only this one has evidence; the latest quality if
 * `asked` is `undefined`.
 */
export function currentQuality(asked: Quality | undefined, known: readonly Quality[]): Quality {
  if (asked === undefined) return known.findLast(quality => !isServedByOther(quality)) ?? known.at(-1) ?? '';
  return known.includes(asked) ? asked : (known.findLast(quality => servedParts(quality)?.asked === asked) ?? asked);
}

/** Sorts a model's own versions before those that served in its place. */
export function ownFirst(one: { readonly version: string }, other: { readonly version: string }): number {
  return Number(isServedByOther(one.version)) - Number(isServedByOther(other.version));
}
