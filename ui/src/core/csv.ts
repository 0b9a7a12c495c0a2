// Rows as text that other programs read: comma-separated, one header line, every field as the desk said it.

import { readFault } from '../backend/backend';
import type { LogRow, TradeRow } from '../backend/types';
import { reasonOf } from './log_words';
import { faultWords } from './words';

export type Column<Row> = readonly [name: string, of: (row: Row) => string | number | boolean | null];

export const LOG_COLUMNS: readonly Column<LogRow>[] = [
  ['n', (row) => row.n],
  ['time_utc', (row) => row.timestamp],
  ['action', (row) => row.action],
  ['symbol', (row) => row.symbol],
  ['side', (row) => row.side],
  ['qty', (row) => row.qty],
  ['price', (row) => row.price],
  ['fill_price', (row) => row.fillPrice],
  ['order', (row) => row.orderId],
  ['state', (row) => row.status],
  ['reason_code', (row) => row.reason],
  ['reason', (row) => reasonOf(row).words],
];

export const TRADE_COLUMNS: readonly Column<TradeRow>[] = [
  ['n', (row) => row.n],
  ['lot', (row) => row.lot],
  ['symbol', (row) => row.symbol],
  ['side', (row) => row.side],
  ['qty', (row) => row.qty],
  ['entry_price', (row) => row.entryPrice],
  ['exit_price', (row) => row.exitPrice],
  ['entered_utc', (row) => row.enteredAt],
  ['exited_utc', (row) => row.exitedAt],
  ['by', (row) => row.by],
  ['entry_order', (row) => row.entryOrderId],
  ['exit_order', (row) => row.exitOrderId],
  ['gross_pnl_usd', (row) => row.realizedPnl],
  ['taken_back', (row) => row.undone],
];

export function csvOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const lines = [columns.map(([name]) => name), ...rows.map((row) => columns.map(([, of]) => field(of(row))))];
  return lines.map((line) => `${line.join(',')}\n`).join('');
}

/** Quoted where a reader would misread it; text that a spreadsheet would calculate is made plain text. */
function field(value: string | number | boolean | null): string {
  if (value === null) return '';
  const text = String(value);
  const plain = /^[=+@\t]/.test(text) || /^-(?!\d)/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** False when the system does not allow it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** The old way, for web views that keep the clipboard closed. */
function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.setAttribute('readonly', '');
  area.className = 'hidden';
  document.body.append(area);
  const before = document.activeElement;
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (before instanceof HTMLElement) before.focus();
  return done;
}

/** Saves and says what became of it. */
export async function savedWords(save: () => Promise<boolean>): Promise<string> {
  try {
    return (await save()) ? 'Saved.' : '';
  } catch (thrown) {
    return `Not saved. ${faultWords(readFault(thrown))}`;
  }
}
