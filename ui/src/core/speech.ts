// What is said aloud about new rows of the log: one sentence for many rows.

import type { LogRow } from '../backend/types';
import { reasonOf } from './log_words';

/** At most one sentence in this time. */
export const SPEECH_MS_MIN = 1_000;

export function spoken(rows: readonly LogRow[], what: 'all' | 'fills' | 'off' = 'all'): string {
  if (what === 'off') return '';
  const parts: string[] = [];
  const fills = rows.filter((row) => row.action === 'FILL');
  const only = fills[0];
  if (fills.length === 1 && only !== undefined) {
    parts.push(`${only.side === 'BUY' ? 'bought' : 'sold'} ${only.qty ?? ''} ${only.symbol ?? ''} at ${only.fillPrice ?? 'market'}`);
  } else if (fills.length > 1) {
    parts.push(`${fills.length} fills`);
  }
  if (what === 'fills') return parts.join(', ');
  for (const action of ['STOP', 'TARGET'] as const) {
    const count = rows.filter((row) => row.action === action).length;
    if (count > 0) parts.push(`${count} ${action.toLowerCase()} fired`);
  }
  const refused = rows.filter((row) => row.action === 'REJECT' || row.action === 'FAIL');
  const newest = refused.at(-1);
  if (newest !== undefined) parts.push(`${refused.length} refused: ${reasonOf(newest).words}`);
  return parts.join(', ');
}
