// The rows of the order log. A batch costs what its rows cost, however long the log is: rows are added
// in place, and whoever looks remembers how far it has looked.

import type { LogRow } from '../backend/types';
import { searchText } from './log_words';

/** Rows of the log that stay in the window. The desk keeps the rest. */
export const LOG_ROWS_MAX = 100_000;
/** Rows that go when the log is full: many at once, so that a full log does not move with each row. */
export const LOG_ROWS_DROPPED = 10_000;

/** Rows that are in sight of a reader: the log itself, or what a filter lets through. */
export interface LogRows {
  readonly length: number;
  at(index: number): LogRow | undefined;
}

export class OrderLog implements LogRows {
  #rows: LogRow[] = [];
  /** What a filter looks at, made once: to make it anew for a full log takes a third of a second. */
  #texts: string[] = [];
  #version = 0;
  #epoch = 0;
  #dropped = 0;

  get length(): number {
    return this.#rows.length;
  }

  /** Changes with every change. */
  get version(): number {
    return this.#version;
  }

  /** Stays the same while rows are only added at the end: a new one means to look at all rows again. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Rows that went at the start since the last snapshot, because the log was full. */
  get dropped(): number {
    return this.#dropped;
  }

  at(index: number): LogRow | undefined {
    return this.#rows[index];
  }

  /** What a filter by text looks at, in lower case. */
  textAt(index: number): string {
    return this.#texts[index] ?? '';
  }

  newest(): LogRow | undefined {
    return this.#rows.at(-1);
  }

  /** Rows that are already there (by their number) are not taken twice. True when something is new. */
  add(rows: readonly LogRow[]): boolean {
    let newest = this.newest()?.n ?? -1;
    const before = this.#rows.length;
    for (const row of rows) {
      if (row.n <= newest) continue;
      this.#rows.push(row);
      this.#texts.push(searchText(row));
      newest = row.n;
    }
    if (this.#rows.length === before) return false;
    this.#version += 1;
    this.#dropOldest();
    return true;
  }

  /** Takes the log of a snapshot. Older rows that it has left out stay when the two meet without a hole. */
  restart(rows: readonly LogRow[]): void {
    const first = rows[0];
    const newest = this.newest();
    const meets = first !== undefined && newest !== undefined && first.n <= newest.n + 1;
    const older = meets ? this.#rows.filter((row) => row.n < first.n) : [];
    this.#rows = older.concat(rows);
    this.#texts = this.#texts.slice(0, older.length).concat(rows.map(searchText));
    this.#version += 1;
    this.#epoch += 1;
    this.#dropped = 0;
    this.#dropOldest();
  }

  /** The rows with a number above `n`, oldest first. Costs what it answers. */
  after(n: number): readonly LogRow[] {
    let from = this.#rows.length;
    while (from > 0 && (this.#rows[from - 1]?.n ?? n) > n) from -= 1;
    return this.#rows.slice(from);
  }

  #dropOldest(): void {
    if (this.#rows.length <= LOG_ROWS_MAX) return;
    const count = Math.max(LOG_ROWS_DROPPED, this.#rows.length - LOG_ROWS_MAX);
    this.#rows.splice(0, count);
    this.#texts.splice(0, count);
    this.#dropped += count;
    this.#epoch += 1;
  }
}
