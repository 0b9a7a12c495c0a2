// A row of the order log in words. The codes stay behind them.

import type { LogAction, LogRow } from '../backend/types';
import { type Reason, readReason } from './reasons';
import { lotSideWords, sideWords, statusWords } from './words';

export const LOG_ACTIONS: readonly LogAction[] = [
  'SUBMIT',
  'ACCEPT',
  'FILL',
  'REJECT',
  'FAIL',
  'CANCEL',
  'CHANGE',
  'PROTECT',
  'STOP',
  'TARGET',
  'FLATTEN',
  'CLOSE',
  'ALARM',
  'HALT',
];

/** Alarms about a lot: their side is the lot's. */
const LOT_ALARMS: readonly string[] = ['exit_waits_for_cancel', 'exit_slow', 'unprotected'];

/** Why, or what it means. Never the code; that is beside it. */
export function reasonOf(row: LogRow): Reason {
  const reason = readReason(row.reason);
  if (reason.code === 'flatten_answered') return { ...reason, words: flattenWords(row.status) };
  if (reason.words !== '') return reason;
  return { words: ownWords(row), code: null };
}

/** The side of an order, or of the lot where the row is about a lot. */
export function sideOf(row: LogRow): string {
  if (row.side === null) return '';
  return isOfLot(row) ? lotSideWords(row.side) : sideWords(row.side);
}

/** What a row shows, and the codes behind it, in lower case. */
export function searchText(row: LogRow): string {
  const { orderId, action, symbol, price, fillPrice, reason, status } = row;
  const words = reasonOf(row).words;
  return [orderId, action, symbol, sideOf(row), price, fillPrice, reason, words, status, statusWords(status)].join(' ').toLowerCase();
}

function isOfLot(row: LogRow): boolean {
  if (row.action === 'STOP' || row.action === 'TARGET' || row.action === 'PROTECT') return true;
  return row.action === 'ALARM' && LOT_ALARMS.includes(row.reason ?? '');
}

function flattenWords(status: string | null): string {
  return status === 'NOT_FLAT' ? 'NOT FLAT: the desk tries on' : 'Everything is flat';
}

/** What a row says that comes without a reason. */
function ownWords(row: LogRow): string {
  switch (row.action) {
    case 'SUBMIT':
      return originWords(row.orderId);
    case 'STOP':
      return 'Stop loss fired; its exit goes out';
    case 'TARGET':
      return 'Take profit fired; its exit goes out';
    case 'CLOSE':
      return 'Nothing of it is open';
    case 'ACCEPT':
    case 'FILL':
    case 'REJECT':
    case 'FAIL':
    case 'CANCEL':
    case 'CHANGE':
    case 'PROTECT':
    case 'FLATTEN':
    case 'ALARM':
    case 'HALT':
      return '';
  }
}

/** Exits say in their id what sent them: `L0-X1` a phantom, `F0-C2-X1` a flatten. */
function originWords(orderId: string | null): string {
  const lot = /^(L\d+)-X\d+$/.exec(orderId ?? '')?.[1];
  if (lot !== undefined) return `Exit of lot ${lot}`;
  return /^F\d+-C\d+-X\d+$/.test(orderId ?? '') ? 'Exit of the flatten' : '';
}
