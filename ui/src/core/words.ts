// The words that the screen uses, the same everywhere. The desk sends codes; sentences are made here.

import type { BackendFault } from '../backend/backend';
import type { DeskStatus, LogAction, PhantomState, Side, WorkingRow } from '../backend/types';

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

const REASONS: Readonly<Record<string, string>> = {
  unknown_symbol: 'Unknown symbol',
  bad_qty: 'Quantity is not valid',
  missing_price: 'Limit price is missing',
  price_off_grid: 'Price is not on the tick grid',
  stop_wrong_side: 'Stop is on the wrong side',
  target_wrong_side: 'Target is on the wrong side',
  bracket_on_exit: 'An exit carries no stop or target',
  killed: 'Entries are halted',
  locked_out: 'Locked out',
  flattening: 'Flatten is under way',
  not_connected: 'Broker is not connected',
  reconciling: 'Positions are being checked',
  latched: 'Trading is stopped after a fault',
  would_cross_zero: 'Would turn the position around',
  opposite_entry_working: 'An entry on the other side is working',
  short_selling_off: 'Short selling is off',
  session_closed: 'Session is closed',
  holiday: 'Exchange holiday',
  no_new_entries: 'No new entries at this time',
  news_window: 'News window',
  not_permitted: 'Product is not permitted',
  not_front_month: 'Not the front month',
  symbol_blocked: 'Symbol is blocked',
  hedge: 'Would hedge another position',
  order_size: 'Order is too large',
  position_limit: 'Position limit reached',
  scaling_limit: 'Scaling limit reached',
  trade_count: 'No trades left today',
  max_loss: 'Maximum loss reached',
  daily_loss: 'Daily loss limit reached',
  personal_daily_loss: 'Personal daily loss limit reached',
  profit_target_reached: 'Profit target reached',
  worst_case_loss: 'Worst case is over the loss limit',
  stale_data: 'Prices are stale',
  price_collar: 'Price is too far from the market',
  limit_zone: 'Market is near its price limit',
  duplicate: 'Same order sent just now',
  throttle: 'Too many orders in a short time',
  run_away: 'Too many orders: stopped',
};

/** A reason as the log has it: a stable code, words, or a code with words after a colon. */
export interface Reason {
  words: string;
  code: string | null;
}

export function readReason(text: string | null): Reason {
  const match = /^([a-z]+(?:_[a-z]+)*)(?:: (.+))?$/s.exec(text ?? '');
  const code = match?.[1];
  if (text === null || code === undefined) return { words: text ?? '', code: null };
  const known = REASONS[code];
  const words = match?.[2] ?? known;
  if (words !== undefined) return { words: capital(words), code };
  return code.includes('_') ? { words: code.replaceAll('_', ' '), code } : { words: text, code: null };
}

/** Why an order may not go: the desk's own sentence where there is one. */
export function refusalWords(reason: string | null, message: string | null): string {
  return message === null || message === '' ? readReason(reason).words : capital(message);
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const STATUS: Readonly<Record<string, string>> = {
  PENDING: 'sending',
  ACCEPTED: 'working',
  PARTIALLY_FILLED: 'part-filled',
  FILLED: 'filled',
  CLOSED: 'closed',
  CANCELLED: 'cancelled',
  REJECTED: 'refused by the desk',
  FAILED: 'refused by the broker',
};

export function statusWords(status: string | null): string {
  if (status === null) return '';
  return STATUS[status] ?? status.toLowerCase();
}

export function workingWords(row: WorkingRow): string {
  if (row.unknown) return 'unknown';
  if (row.cancelling) return 'cancelling';
  if (row.filled > 0) return 'part-filled';
  return statusWords(row.status);
}

export function phantomWords(state: PhantomState): string {
  switch (state) {
    case 'ARMED':
      return 'armed';
    case 'EXITING':
      return 'exiting';
    case 'UNPROTECTED':
      return 'unprotected';
  }
}

export function sideWords(side: Side | null): string {
  if (side === null) return '';
  return side === 'BUY' ? '↑ Buy' : '↓ Sell';
}

export function lotSideWords(side: Side): string {
  return side === 'BUY' ? '↑ Long' : '↓ Short';
}

export function feedWords(desk: DeskStatus): string {
  if (desk.paused) return 'Market paused';
  switch (desk.feed) {
    case 'SIMULATED':
      return 'Simulated market';
    case 'FILE':
      return 'Tick file';
    case 'ENDED':
      return 'Tick file has ended';
  }
}

/** Why entries do not go out now, in the order in which the gate looks at them. */
export function haltWords(desk: DeskStatus): string[] {
  const halts: string[] = [];
  if (desk.killed) halts.push('Entries halted');
  if (desk.lockedOut) halts.push('Locked out');
  if (desk.flattening) halts.push('Flattening');
  if (desk.latched) halts.push('Stopped after a fault');
  return halts;
}

export function faultWords(fault: BackendFault): string {
  switch (fault.code) {
    case 'bad_request':
      return sentence('The desk could not read this request', fault.text);
    case 'busy':
      return sentence('The desk is busy; nothing was sent', fault.text);
    case 'stopped':
      return sentence('The desk has stopped', fault.text);
    case 'settings_invalid':
      return sentence('A setting is not valid', fault.text);
    case 'positions_open':
      return sentence('Not possible while positions or orders are open', fault.text);
    case 'not_connected':
      return sentence('Not connected', fault.text);
    case 'no_credential_store':
      return sentence('This computer has no credential store', fault.text);
    case 'market_file':
      return sentence('The tick file cannot be used', fault.text);
    case 'unexpected':
      return sentence('Something went wrong', fault.text);
  }
}

function sentence(start: string, detail: string): string {
  return detail === '' ? `${start}.` : `${start}: ${detail}`;
}
