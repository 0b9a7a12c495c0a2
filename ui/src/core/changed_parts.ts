// Which parts of the screen look otherwise now, and which of them the market alone has moved: figures that
// the next trade changes again, and that may come a little later than what has happened to the account.

import type { DeskStanding, DeskStatus, PhantomRow, PositionRow } from '../backend/types';
import type { DeskState } from './desk_state';
import { same } from './same';
import { type Part, PARTS } from './turns';

export interface ChangedParts {
  /** Something has happened, or a person is to see it at once. */
  news: Part[];
  /** Only the market has moved. */
  market: Part[];
}

type Change = 'NONE' | 'MARKET' | 'NEWS';

export function changedParts(before: DeskState, now: DeskState, logVersion: number): ChangedParts {
  const change: Record<Part, Change> = {
    LOG: now.log.version !== logVersion || now.trades !== before.trades ? 'NEWS' : 'NONE',
    POSITIONS: of(before.positions, now.positions, positionsAtRest),
    ORDERS: worst(now.working === before.working ? 'NONE' : 'NEWS', of(before.phantoms, now.phantoms, phantomsAtRest)),
    HEAD: headChange(before, now),
    // Prices of the ticket are what an order is judged by; those of the list only ever move with the market.
    TICKET: now.quotes !== before.quotes || now.desk !== before.desk ? 'NEWS' : 'NONE',
    PRICES: now.quotes !== before.quotes || now.desk !== before.desk ? priceChange(now) : 'NONE',
  };
  return {
    news: PARTS.filter((part) => change[part] === 'NEWS'),
    market: PARTS.filter((part) => change[part] === 'MARKET'),
  };
}

/** In a market that stands still the last prices are shown at once: no others come after them. */
function priceChange({ desk }: DeskState): Change {
  return desk.paused ? 'NEWS' : 'MARKET';
}

/** The header: how the desk stands, and how much is open. */
function headChange(before: DeskState, now: DeskState): Change {
  const counted = now.working.length !== before.working.length || openCount(now) !== openCount(before);
  return worst(
    counted ? 'NEWS' : 'NONE',
    worst(of(before.desk, now.desk, deskAtRest), of(before.standing, now.standing, standingAtRest)),
  );
}

function worst(one: Change, other: Change): Change {
  if (one === 'NEWS' || other === 'NEWS') return 'NEWS';
  return one === 'MARKET' ? one : other;
}

/** `atRest` gives a value without what the market moves. */
function of<Value>(before: Value, now: Value, atRest: (value: Value) => unknown): Change {
  if (before === now) return 'NONE';
  const rested = atRest(before);
  return Object.is(same(rested, atRest(now)), rested) ? 'MARKET' : 'NEWS';
}

/** Contracts with a position. */
export function openCount({ positions }: DeskState): number {
  return positions.filter((row) => row.qty !== 0).length;
}

function positionsAtRest(rows: readonly PositionRow[]): unknown {
  return rows.map((row) => ({ ...row, lastPrice: null, unrealizedPnl: null, liquidationPnl: null }));
}

function phantomsAtRest(rows: readonly PhantomRow[]): unknown {
  return rows.map((row) => ({ ...row, stopDistanceTicks: null, targetDistanceTicks: null }));
}

function deskAtRest(desk: DeskStatus): unknown {
  return { ...desk, marketTime: null, dayUnrealized: null };
}

function standingAtRest(standing: DeskStanding): unknown {
  return { ...standing, feedAgeMs: null };
}
