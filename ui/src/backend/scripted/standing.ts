// How the scripted desk stands, as the real one would say it.

import type { BrokerLink, DeskStanding, DifferenceRow, FlattenProgress, LatchRow, RecoveryAnswer } from '../types';
import { type Book, cents } from './book';

/** What a test or a page may make the scripted desk say. */
export interface Staged {
  differences: DifferenceRow[];
  latches: LatchRow[];
  blind: boolean;
  recovery: RecoveryAnswer | null;
  lifts: boolean;
  /** The connection to a broker that is not simulated. */
  broker: BrokerLink | null;
}

export function standingOf(book: Book, staged: Staged, flatten: FlattenProgress | null, limit: string): DeskStanding {
  const lots = book.lots;
  const count = (of: (lot: (typeof lots)[number]) => boolean): number =>
    lots.filter(of).reduce((sum, lot) => sum + lot.qty, 0);
  const stops = lots.filter((lot) => lot.stopTicks !== null && !lot.exiting);
  const pnl = stops.reduce((sum, lot) => {
    const move = (lot.stopTicks ?? 0) - lot.entryTicks;
    return sum + (lot.side === 'BUY' ? move : -move) * lot.product.tickValueCents * lot.qty;
  }, 0);
  const used = count(() => true);
  return {
    account: staged.broker?.account ?? 'MOCK',
    broker: staged.broker,
    protection: {
      openContracts: used,
      inAppContracts: count((lot) => lot.stopTicks !== null && !lot.exiting),
      exitingContracts: count((lot) => lot.exiting),
      unprotectedContracts: count((lot) => lot.stopTicks === null && !lot.exiting),
      givenUpContracts: 0,
      stopsFillPnl: stops.length === 0 ? null : cents(pnl),
      blind: staged.blind,
    },
    latency: { lastMs: used === 0 ? null : 212, p95Ms: used === 0 ? null : 430 },
    feedAgeMs: 50,
    positionLimit: {
      used: String(used),
      limit,
      left: String(Math.max(0, Number(limit) - used)),
      percent: Math.min(100, Math.round((used * 100) / Math.max(1, Number(limit)))),
    },
    differences: staged.differences,
    latches: staged.latches,
    flatten,
  };
}
