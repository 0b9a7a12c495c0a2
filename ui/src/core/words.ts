// The words that the screen uses, the same everywhere. The desk sends codes; sentences are made here.

import type { BackendFault } from '../backend/backend';
import type { DeskMode, DeskStatus, PasswordPlace, PhantomState, PositionRow, Side, TradeBy, WorkingRow } from '../backend/types';
import { signOf } from './decimal';

const STATUS: Readonly<Record<string, string>> = {
  PARTIALLY_FILLED: 'PART FILLED',
  NOT_FLAT: 'NOT FLAT',
};

export function statusWords(status: string | null): string {
  if (status === null) return '';
  return STATUS[status] ?? status;
}

export function workingWords(row: WorkingRow): string {
  if (row.unknown) return 'UNKNOWN';
  if (row.cancelling) return 'CANCELLING';
  if (row.changing) return 'CHANGING';
  if (row.filled > 0) return statusWords('PARTIALLY_FILLED');
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

export function tradeByWords(by: TradeBy): string {
  switch (by) {
    case 'STOP':
      return 'stop';
    case 'TARGET':
      return 'target';
    case 'ORDER':
      return 'order';
    case 'FLATTEN':
      return 'flatten';
    case 'LOCKOUT':
      return 'lockout';
    case 'OUTSIDE':
      return 'elsewhere';
  }
}

export function sideWords(side: Side | null): string {
  if (side === null) return '';
  return side === 'BUY' ? '↑ Buy' : '↓ Sell';
}

export function lotSideWords(side: Side): string {
  return side === 'BUY' ? '↑ Long' : '↓ Short';
}

/** The colour of money. Its sign says the same. */
export function moneyTone(money: string | null): '' | 'gain' | 'loss' {
  const sign = signOf(money);
  if (sign === 0) return '';
  return sign > 0 ? 'gain' : 'loss';
}

/** What the mode means for an order, beside its word. */
export function modeWords(mode: DeskMode, scripted: boolean): string {
  if (scripted) return 'scripted demo, no engine';
  switch (mode) {
    case 'MOCK':
      return 'no real orders';
    case 'SIM':
      return "the broker's simulation";
    case 'LIVE':
      return 'REAL MONEY';
    case 'OFFLINE':
      return 'not connected';
  }
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
    case 'BROKER':
      return "The broker's market";
    case 'SILENT':
      return 'No prices';
  }
}

/** Why entries do not go out now, in the order in which the gate looks at them. */
export function haltWords(desk: DeskStatus): string[] {
  const halts: string[] = [];
  if (desk.killed) halts.push('Entries halted');
  if (desk.lockedOut) halts.push('Locked out');
  if (desk.flattening) halts.push('Flattening');
  if (desk.notConnected) halts.push('Broker not connected');
  if (desk.reconciling) halts.push('Positions are being checked');
  if (desk.latched) halts.push('Stopped after a fault');
  return halts;
}

/** What is open, or null: what does not allow another broker or market. */
export function openWords(positions: readonly PositionRow[], working: readonly WorkingRow[]): string | null {
  const open = positions.filter((row) => row.qty !== 0).length;
  const parts = [countWords(open, 'position'), countWords(working.length, 'order')].filter((part) => part !== '');
  return parts.length === 0 ? null : `${parts.join(' and ')} open.`;
}

function countWords(count: number, one: string): string {
  if (count === 0) return '';
  return count === 1 ? `1 ${one}` : `${count} ${one}s`;
}

export function passwordWords(stored: PasswordPlace): string {
  switch (stored) {
    case 'KEYCHAIN':
      return "The password is kept in this computer's credential store.";
    case 'MEMORY':
      return 'This computer has no credential store: the password is kept in memory until the app closes.';
  }
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
