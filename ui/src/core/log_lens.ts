// The rows of the log that a filter lets through. New rows are looked at once; only a new filter or a
// new epoch of the log looks at all of them again.

import type { LogAction, LogRow } from '../backend/types';
import { reasonOf, sideOf } from './log_words';
import type { LogRows, OrderLog } from './order_log';
import { statusWords } from './words';

export interface LogFilter {
  text: string;
  action: LogAction | 'ALL';
}

export const EVERY_ROW: LogFilter = { text: '', action: 'ALL' };

export class LogLens {
  #filter: LogFilter = EVERY_ROW;
  #epoch = -1;
  #looked = 0;
  #matches: LogRow[] = [];

  /** What is in sight now. The answer is good until the log changes. */
  look(log: OrderLog, filter: LogFilter): LogRows {
    if (isOpen(filter)) {
      this.#epoch = -1;
      return { length: log.length, at: (index) => log.at(index) };
    }
    const same = filter.text === this.#filter.text && filter.action === this.#filter.action;
    if (!same || log.epoch !== this.#epoch) {
      this.#filter = { ...filter };
      this.#epoch = log.epoch;
      this.#looked = 0;
      this.#matches = [];
    }
    const wanted = filter.text.trim().toLowerCase();
    for (; this.#looked < log.length; this.#looked += 1) {
      const row = log.at(this.#looked);
      if (row !== undefined && lets(row, filter.action, wanted)) this.#matches.push(row);
    }
    const matches = this.#matches;
    return { length: matches.length, at: (index) => matches[index] };
  }
}

function isOpen(filter: LogFilter): boolean {
  return filter.action === 'ALL' && filter.text.trim() === '';
}

function lets(row: LogRow, action: LogFilter['action'], wanted: string): boolean {
  if (action !== 'ALL' && row.action !== action) return false;
  return wanted === '' || searchText(row).includes(wanted);
}

/** What a row shows, and the codes behind it. */
function searchText(row: LogRow): string {
  return [
    row.orderId,
    row.action,
    row.symbol,
    sideOf(row),
    row.price,
    row.fillPrice,
    row.reason,
    reasonOf(row).words,
    row.status,
    statusWords(row.status),
  ]
    .join(' ')
    .toLowerCase();
}
