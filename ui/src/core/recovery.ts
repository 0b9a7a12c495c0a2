// What a start found, in words; and how loudly it must be said.

import type { DecidedRow, LogRow, RecoveryAnswer } from '../backend/types';

/** `QUIET`: something was recovered, nothing is to decide. `ASKS`: a person must look. */
export type RecoveryWeight = 'NOTHING' | 'QUIET' | 'ASKS';

const RETURNS: readonly string[] = ['started_again', 'started_again_after_a_crash', 'woke_after_a_pause'];

/** Rows of the log that say that the desk was away: their own note tells more. */
export function isReturn({ action, reason }: Pick<LogRow, 'action' | 'reason'>): boolean {
  return action === 'ALARM' && reason !== null && (RETURNS.includes(reason) || reason.startsWith('recovered: '));
}

export function weightOf(report: RecoveryAnswer): RecoveryWeight {
  if (report.damage !== null || report.outside.length > 0 || report.differing.length > 0 || report.passed.length > 0) return 'ASKS';
  const changed = report.missedFills.length + report.ended.length + report.found.length + report.fired.length + report.touched.length;
  const had = report.liveOrders + report.openLots + report.phantoms;
  return changed + had > 0 || report.afterCrash ? 'QUIET' : 'NOTHING';
}

function count(number: number, one: string, many: string): string[] {
  if (number === 0) return [];
  return [number === 1 ? `1 ${one}` : `${number.toLocaleString('en-US')} ${many}`];
}

export function beganWords({ slept, afterCrash, done }: RecoveryAnswer): string {
  if (!done) return slept ? 'Looking at everything again after a pause' : 'Recovering';
  if (slept) return 'Back after a pause';
  return afterCrash ? 'Recovered after a crash' : 'Recovered';
}

/** What there was. */
export function foundWords(report: RecoveryAnswer): string {
  const parts = [
    ...count(report.liveOrders, 'order that may fill', 'orders that may fill'),
    ...count(report.openLots, 'open lot', 'open lots'),
    ...count(report.phantoms, 'stop or target armed again', 'stops and targets armed again'),
  ];
  return parts.length === 0 ? 'nothing was open' : parts.join(', ');
}

/** What had changed at the broker, and what was decided. */
export function changedWords(report: RecoveryAnswer): string {
  const parts = [
    ...count(report.missedFills.length, 'fill came meanwhile', 'fills came meanwhile'),
    ...count(report.ended.length, 'order ended', 'orders ended'),
    ...count(report.found.length, 'exit was found at the broker', 'exits were found at the broker'),
    ...count(report.fired.length, 'was passed and exits', 'were passed and exit'),
    ...count(report.passed.length, 'was passed and waits', 'were passed and wait'),
    ...count(report.touched.length, 'was touched and came back', 'were touched and came back'),
    ...count(report.outside.length, 'order is not ours', 'orders are not ours'),
    ...count(report.differing.length, 'position differs', 'positions differ'),
  ];
  return parts.length === 0 ? 'nothing has changed at the broker' : parts.join(', ');
}

export function decidedWords({ lot, symbol, isStop, price }: DecidedRow): string {
  const leg = isStop ? 'stop' : 'target';
  return `${lot} ${symbol}: ${leg}${price === null ? '' : ` at ${price}`}`;
}

/** What becomes of a stop or target whose price was passed meanwhile. */
export function policyWords({ policy }: Pick<RecoveryAnswer, 'policy'>): string {
  switch (policy) {
    case 'FIRE':
      return 'exits at the market as soon as position and price are fresh';
    case 'ASK':
      return 'waits for you';
    case 'HOLD':
      return 'is told, and watches again once the price has come back';
  }
}
