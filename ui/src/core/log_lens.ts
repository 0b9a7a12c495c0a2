// The rows of the log that a filter lets through. New rows are looked at once; only a new filter or a
// new epoch of the log looks at all of them again.

import type { LogAction, LogRow } from '../backend/types';
import type { LogRows, OrderLog } from './order_log';

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
      if (row !== undefined && lets(row, log.textAt(this.#looked), filter.action, wanted)) this.#matches.push(row);
    }
    const matches = this.#matches;
    return { length: matches.length, at: (index) => matches[index] };
  }
}

function isOpen(filter: LogFilter): boolean {
  return filter.action === 'ALL' && filter.text.trim() === '';
}

function lets(row: LogRow, text: string, action: LogFilter['action'], wanted: string): boolean {
  if (action !== 'ALL' && row.action !== action) return false;
  return wanted === '' || text.includes(wanted);
}
