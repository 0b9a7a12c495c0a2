// A receipt in words: which rule, how old the trade was, what came after what.

import type { TriggerReceipt } from '../backend/types';
import { showMoney } from './decimal';

/** What had to happen for the leg to fire. */
export function triggerRule({ side, leg, level }: Pick<TriggerReceipt, 'side' | 'leg' | 'level'>, price: (text: string) => string): string {
  if (level === null) return 'The exit was found at the broker: the journal had lost its own record of it.';
  const word = leg === 'STOP' ? 'stop' : 'target';
  // Without a side the words say what both sides have in common.
  if (side === null) return `A trade at the ${word} ${price(level)} or beyond it.`;
  const below = (side === 'BUY') === (leg === 'STOP');
  const lot = side === 'BUY' ? 'long' : 'short';
  return `The ${word} of a ${lot} lot fires with the first trade at or ${below ? 'below' : 'above'} ${price(level)}.`;
}

/** `0.18 ms`, `4.2 s`. */
export function ageText(micros: number | null): string {
  if (micros === null) return 'unknown';
  if (micros < 1_000_000) return `${(micros / 1_000).toFixed(2)} ms`;
  return `${(micros / 1_000_000).toFixed(1)} s`;
}

/** Milliseconds from one moment to a later one, from text with seven digits of a second. */
export function msBetween(from: string, to: string | null): string {
  if (to === null) return '';
  const nanos = nanosOf(to) - nanosOf(from);
  return `+${(Number(nanos) / 1_000_000).toFixed(2)} ms`;
}

function nanosOf(utc: string): bigint {
  const [, whole = utc, fraction = ''] = /^(.*?)(?:\.(\d+))?Z$/.exec(utc) ?? [];
  const ms = Date.parse(`${whole}Z`);
  if (Number.isNaN(ms)) return 0n;
  return BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9));
}

/** Worse is a cost, with the trader's sign: below zero is money lost. */
export function slippageWords({ slippageTicks, slippage }: Pick<TriggerReceipt, 'slippageTicks' | 'slippage'>): string {
  if (slippageTicks === 0) return 'none: filled at the trade that fired it';
  const ticks = Math.abs(slippageTicks) === 1 ? '1 tick' : `${Math.abs(slippageTicks)} ticks`;
  const money = showMoney(slippage.startsWith('-') ? slippage.slice(1) : `-${slippage}`);
  return `${ticks} ${slippageTicks > 0 ? 'worse' : 'better'}, ${money} over all contracts`;
}
