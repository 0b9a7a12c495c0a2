// The rules in words: how long until flat, which limit is nearest, what locks the account.

import type { AllowedRow, LockoutRow, RulesPanel, RuleUse } from '../backend/types';
import { showAmount } from './decimal';
import { clockTime } from './market_time';

export const AMBER_S = 10 * 60;
export const DANGER_S = 2 * 60;

export interface Countdown {
  words: string;
  tone: '' | 'warn' | 'danger';
}

/** `flat in 1:02:03`: when the desk closes by itself. The times are the desk's. */
export function countdown(row: AllowedRow | undefined, at: string | null): Countdown | null {
  const until = row?.flattenAt ?? row?.flatBy ?? null;
  if (until === null || at === null) return null;
  const left = Math.floor((Date.parse(until) - Date.parse(at)) / 1000);
  if (Number.isNaN(left)) return null;
  const tone = left <= DANGER_S ? 'danger' : left <= AMBER_S ? 'warn' : '';
  const verb = row?.flattenAt === null ? 'flat by' : 'desk closes';
  const words = left <= 0 ? `${verb} now` : `${verb} ${clockTime(until).slice(0, 5)} CT, in ${spanText(left)}`;
  return { words, tone };
}

/** `1:02:03` or `2:03`. */
export function spanText(seconds: number): string {
  const two = (count: number): string => String(count).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** The rule of which the most is used. */
export function nearest(panel: RulesPanel): RuleUse | null {
  return panel.rules.reduce<RuleUse | null>((most, rule) => (most === null || rule.percent > most.percent ? rule : most), null);
}

export function ruleWords(rule: RuleUse): string {
  return `${capital(rule.words)}: ${showAmount(rule.used)} of ${showAmount(rule.limit)}`;
}

/** `Locked by the daily loss limit until Mon 17:00 CT`. */
export function lockoutWords(lock: LockoutRow, at: string | null): string {
  if (lock.until === null) return `Locked by ${lock.words}, for good`;
  const left = at === null ? Number.NaN : Math.floor((Date.parse(lock.until) - Date.parse(at)) / 1000);
  const span = Number.isNaN(left) || left <= 0 ? '' : `, ${spanText(left)} to go`;
  return `Locked by ${lock.words} until ${clockTime(lock.until).slice(0, 5)} CT${span}`;
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
