// The rows of the log that a filter lets through. New rows are looked at once; only a new filter or a
// cut of the oldest rows looks at all of them again.

import type { LogAction, LogRow } from '../backend/types';

export interface LogFilter {
  text: string;
  action: LogAction | 'ALL';
}

export const EVERY_ROW: LogFilter = { text: '', action: 'ALL' };

export class LogLens {
  #filter: LogFilter = EVERY_ROW;
  #log: readonly LogRow[] = [];
  #shown: readonly LogRow[] = [];

  look(log: readonly LogRow[], filter: LogFilter): readonly LogRow[] {
    const before = this.#log;
    const sameFilter = filter.text === this.#filter.text && filter.action === this.#filter.action;
    this.#log = log;
    this.#filter = { ...filter };
    if (isOpen(filter)) {
      this.#shown = log;
    } else if (!sameFilter || !goesOn(before, log)) {
      this.#shown = matches(log, filter);
    } else if (log.length > before.length) {
      this.#shown = this.#shown.concat(matches(log.slice(before.length), filter));
    }
    return this.#shown;
  }
}

/** Whether `log` is `before` with rows added. The very rows are compared: another desk counts from 1 too. */
function goesOn(before: readonly LogRow[], log: readonly LogRow[]): boolean {
  return before.length <= log.length && before[0] === log[0] && before.at(-1) === log[before.length - 1];
}

function isOpen(filter: LogFilter): boolean {
  return filter.action === 'ALL' && filter.text.trim() === '';
}

function matches(rows: readonly LogRow[], filter: LogFilter): LogRow[] {
  const wanted = filter.text.trim().toLowerCase();
  return rows.filter(
    (row) =>
      (filter.action === 'ALL' || row.action === filter.action) &&
      (wanted === '' || searchText(row).includes(wanted)),
  );
}

function searchText(row: LogRow): string {
  return [row.orderId, row.action, row.symbol, row.side, row.price, row.fillPrice, row.reason, row.status]
    .join(' ')
    .toLowerCase();
}
