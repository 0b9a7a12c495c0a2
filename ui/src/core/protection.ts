// What protects what is open, in words. The figures are the desk's.

import type { DeskStatus, LimitUse, ProtectionLine } from '../backend/types';
import { NONE } from './decimal';

/** Prices that are older than this are said to be late; the desk judges by itself what may still go. */
const LATE_MS = 5_000;

export function openedWords({ openContracts }: ProtectionLine): string {
  if (openContracts === 0) return 'Flat';
  return openContracts === 1 ? '1 contract open' : `${openContracts} contracts open`;
}

/** Which layer watches: so far the program itself is the only one. */
export function layerWords({ inAppContracts, exitingContracts, givenUpContracts }: ProtectionLine): string {
  const parts = inAppContracts > 0 ? [`${inAppContracts} under a stop that lives only while this app runs`] : [];
  if (exitingContracts > 0) parts.push(`${exitingContracts} leaving`);
  if (givenUpContracts > 0) parts.push(`${givenUpContracts} whose exits were all refused`);
  return parts.join(' · ');
}

export function ageWords(ageMs: number | null, status: DeskStatus | null): { words: string; late: boolean } {
  if (status?.paused === true) return { words: 'paused', late: false };
  if (status?.feed === 'ENDED') return { words: 'ended', late: true };
  if (ageMs === null) return { words: NONE, late: status?.feed === 'SILENT' };
  const tenths = Math.floor(ageMs / 100);
  return { words: `${Math.floor(tenths / 10)}.${tenths % 10} s`, late: ageMs >= LATE_MS };
}

export function limitWords({ used, limit }: LimitUse): string {
  return `${used} of ${limit} minis`;
}
