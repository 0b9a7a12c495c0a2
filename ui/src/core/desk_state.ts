// The state of the screen as a fold over numbered batches.

import type {
  DeskStatus,
  DeskUpdateEvent,
  LogRow,
  OrderLogEvent,
  PhantomRow,
  PositionRow,
  PositionUpdateEvent,
  QuoteRow,
  Snapshot,
  WorkingRow,
} from '../backend/types';

/** Rows of the log that stay in the window. The desk keeps the rest. */
export const LOG_ROWS_MAX = 100_000;
/** Rows that go when the log is full: many at once, so that a full log does not move with each row. */
export const LOG_ROWS_DROPPED = 10_000;

export interface DeskState {
  log: readonly LogRow[];
  positions: readonly PositionRow[];
  working: readonly WorkingRow[];
  phantoms: readonly PhantomRow[];
  quotes: readonly QuoteRow[];
  desk: DeskStatus;
}

export type Batch =
  | ({ kind: 'LOG' } & OrderLogEvent)
  | ({ kind: 'POSITIONS' } & PositionUpdateEvent)
  | ({ kind: 'DESK' } & DeskUpdateEvent);

/** What came in since the last frame: every row of the log, and the newest of everything else. */
export interface Pending {
  rows: LogRow[];
  positions: readonly PositionRow[] | null;
  desk: Omit<DeskUpdateEvent, 'seq'> | null;
}

export function nothingPending(): Pending {
  return { rows: [], positions: null, desk: null };
}

/** Adds a batch. Rows of the log are never merged or dropped; the rest is replaced by the newest. */
export function collect(pending: Pending, batch: Batch): void {
  switch (batch.kind) {
    case 'LOG':
      for (const row of batch.rows) pending.rows.push(row);
      return;
    case 'POSITIONS':
      pending.positions = batch.positions;
      return;
    case 'DESK':
      pending.desk = batch;
      return;
  }
}

export function fromSnapshot(snapshot: Snapshot, before: DeskState | null): DeskState {
  return {
    log: joinLogs(before?.log ?? [], snapshot.log),
    positions: snapshot.positions,
    working: snapshot.working,
    phantoms: snapshot.phantoms,
    quotes: snapshot.quotes,
    desk: snapshot.desk,
  };
}

export function fold(state: DeskState, pending: Pending): DeskState {
  const desk = pending.desk;
  return {
    log: appendRows(state.log, pending.rows),
    positions: pending.positions ?? state.positions,
    working: desk?.working ?? state.working,
    phantoms: desk?.phantoms ?? state.phantoms,
    quotes: desk?.quotes ?? state.quotes,
    desk: desk?.desk ?? state.desk,
  };
}

/** Rows that are already there (by their number) are not taken twice. */
export function appendRows(log: readonly LogRow[], rows: readonly LogRow[]): readonly LogRow[] {
  const newest = log.at(-1)?.n ?? -1;
  const fresh = rows.filter((row) => row.n > newest);
  if (fresh.length === 0) return log;
  const joined = log.concat(fresh);
  if (joined.length <= LOG_ROWS_MAX) return joined;
  return joined.slice(Math.max(LOG_ROWS_DROPPED, joined.length - LOG_ROWS_MAX));
}

/** Keeps the older rows that a snapshot has left out, when the two meet without a hole. */
function joinLogs(before: readonly LogRow[], snapshot: readonly LogRow[]): readonly LogRow[] {
  const first = snapshot[0];
  const newest = before.at(-1);
  if (first === undefined || newest === undefined || first.n > newest.n + 1) return snapshot;
  return appendRows(
    before.filter((row) => row.n < first.n),
    snapshot,
  );
}
