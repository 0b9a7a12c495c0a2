import { describe, expect, it } from 'vitest';
import type { PhantomRow, PositionRow, WorkingRow } from '../src/backend/types';
import { changedParts } from '../src/core/changed_parts';
import { type DeskState, fold, fromSnapshot, nothingPending } from '../src/core/desk_state';
import { PHANTOM, POSITION, snapshot, STANDING, STATUS, WORKING } from './rows';

const QUOTE = { symbol: 'NQ', last: '21000.25', bid: '21000.00', ask: '21000.25', at: null };

function state(): DeskState {
  return fromSnapshot({ ...snapshot(0), positions: [POSITION], working: [WORKING], phantoms: [PHANTOM], quotes: [QUOTE] }, null);
}

interface Change {
  position?: Partial<PositionRow>;
  phantom?: Partial<PhantomRow>;
  working?: WorkingRow[];
  desk?: Partial<typeof STATUS>;
  standing?: Partial<typeof STANDING>;
  last?: string;
}

function after(change: Change) {
  const before = state();
  const pending = nothingPending();
  pending.positions = [{ ...POSITION, ...change.position }];
  pending.desk = {
    working: change.working ?? [WORKING],
    phantoms: [{ ...PHANTOM, ...change.phantom }],
    quotes: [{ ...QUOTE, last: change.last ?? QUOTE.last }],
    desk: { ...STATUS, ...change.desk },
    standing: { ...STANDING, ...change.standing },
  };
  return changedParts(before, fold(before, pending), before.log.version);
}

describe('what has changed', () => {
  it('is nothing when everything is said again', () => {
    expect(after({})).toEqual({ news: [], market: [] });
  });

  it('is the market alone when a price moves, and the ticket that is judged by it', () => {
    const moved = after({
      last: '21000.50',
      position: { lastPrice: '21000.50', unrealizedPnl: '5.00', liquidationPnl: '0.00' },
      phantom: { stopDistanceTicks: 9, targetDistanceTicks: 11 },
      desk: { dayUnrealized: '5.00', marketTime: '2026-11-23T14:31:00.0000000Z' },
      standing: { feedAgeMs: 3 },
    });
    expect(moved).toEqual({ news: ['TICKET'], market: ['POSITIONS', 'ORDERS', 'HEAD', 'PRICES'] });
  });

  it('is news for the list of prices too when the market stands still', () => {
    expect(after({ desk: { paused: true } }).news).toEqual(['HEAD', 'TICKET', 'PRICES']);
  });

  it.each<[string, Change, string[]]>([
    ['a fill', { position: { qty: POSITION.qty + 1 } }, ['POSITIONS']],
    ['a stop that moves', { phantom: { stopPrice: '20999.00' } }, ['ORDERS']],
    ['a stop that exits', { phantom: { state: 'EXITING' } }, ['ORDERS']],
    ['an order that is gone', { working: [] }, ['ORDERS', 'HEAD']],
    ['a halt', { desk: { killed: true } }, ['HEAD', 'TICKET']],
    ['a feed that is lost', { desk: { blind: true } }, ['HEAD', 'TICKET']],
    ['money that is made', { desk: { dayRealized: '5.00' } }, ['HEAD', 'TICKET']],
    ['contracts without a stop', { standing: { protection: { ...STANDING.protection, unprotectedContracts: 1 } } }, ['HEAD']],
  ])('is news when there is %s, however the market moves besides', (_, change, parts) => {
    expect(after({ ...change }).news).toEqual(parts);
    const besides = { ...change, position: { ...change.position, lastPrice: '1.00' }, standing: { ...change.standing, feedAgeMs: 1 } };
    expect(after(besides).news).toEqual(parts);
  });
});
