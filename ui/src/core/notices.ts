// What the program itself has to say: that a tick file is gone and the simulated market runs instead,
// that the settings could not be read, that the prices have ended. It comes as rows of the log about no
// order and no symbol. What a start found has a note of its own.

import type { LogRow } from '../backend/types';
import { isReturn } from './recovery';

export function isNotice(row: LogRow): boolean {
  return row.action === 'ALARM' && row.orderId === null && row.symbol === null && row.reason !== null && !isReturn(row);
}
