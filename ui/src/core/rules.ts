// The rules in words: how long until flat, which limit is nearest, what locks the account.

import type { AllowedRow, LockoutRow, RulesPanel, RuleUse, WorstCase, WorstLeft } from '../backend/types';
import { showAmount } from './decimal';
import { clockTime, marketDay } from './market_time';

export const AMBER_S = 10 * 60;
export const DANGER_S = 2 * 60;

export interface Countdown {
  words: string;
  /** Where there is little room. */
  short: string;
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
  return { words, short: left <= 0 ? words : `closes in ${spanText(left)}`, tone };
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

/** How long a trader may lock the account. */
export const LOCK_SPANS = [
  { id: 'SESSION', words: 'until the next session', minutes: null },
  { id: '15', words: 'for 15 minutes', minutes: 15 },
  { id: '60', words: 'for an hour', minutes: 60 },
  { id: '120', words: 'for two hours', minutes: 120 },
  { id: 'TIME', words: 'until a time', minutes: null },
] as const;
export type LockSpan = (typeof LOCK_SPANS)[number]['id'];

/**
 * When a lock ends: null for the next session, undefined for what is no time. A time of day is the next one
 * on Chicago's clock after the market's own time.
 */
export function lockUntil(span: LockSpan, time: string, at: string): string | null | undefined {
  const now = Date.parse(at);
  const row = LOCK_SPANS.find(({ id }) => id === span);
  if (row === undefined || row.id === 'SESSION') return null;
  if (Number.isNaN(now)) return undefined;
  if (row.minutes !== null) return new Date(now + row.minutes * 60_000).toISOString();
  const wanted = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(time.trim());
  if (wanted === null) return undefined;
  const [hours = 0, minutes = 0, seconds = 0] = clockTime(at).split(':').map(Number);
  const ahead = (Number(wanted[1]) - hours) * 3_600 + (Number(wanted[2]) - minutes) * 60 - seconds;
  return new Date(Math.floor(now / 1_000) * 1_000 + (ahead > 0 ? ahead : ahead + 86_400) * 1_000).toISOString();
}

/** The limit of which the least is left in the worst case. */
export function leastLeft({ left }: Pick<WorstCase, 'left'>): WorstLeft | null {
  return left.reduce<WorstLeft | null>((least, row) => (least === null || Number(row.left) < Number(least.left) ? row : least), null);
}

/** What the rule says, as a sentence: what counts, where it is reached, what happens then. */
export function ruleSentence({ rule, line, byEquity, act }: Pick<RuleUse, 'rule' | 'line' | 'byEquity' | 'act'>): string {
  const isGoal = rule === 'personal_daily_profit' || rule === 'daily_profit_max';
  const counted = byEquity ? 'equity, open profit in it,' : 'the balance, closed trades alone,';
  return `Reached when ${counted} ${isGoal ? 'rises' : 'falls'} to ${showAmount(line)}: ${actWords(act)}.`;
}

function actWords(act: RuleUse['act']): string {
  switch (act) {
    case 'WARN':
      return 'it is said, nothing more';
    case 'FLATTEN':
      return 'everything is closed';
    case 'LOCK':
      return 'everything is closed and nothing opens before the next session';
    case 'FAIL':
      return 'everything is closed and nothing opens in this account any more';
  }
}

/** `Locked by the daily loss limit until Mon 23 Nov 17:00 CT`; without the day where it is today. */
export function lockoutWords(lock: LockoutRow, at: string | null): string {
  if (lock.until === null) return `Locked by ${lock.words}, for good`;
  const left = at === null ? Number.NaN : Math.floor((Date.parse(lock.until) - Date.parse(at)) / 1000);
  const span = Number.isNaN(left) || left <= 0 ? '' : `, ${spanText(left)} to go`;
  const [day, today] = [marketDay(lock.until), marketDay(at)];
  const when = `${day === today ? '' : `${day} `}${clockTime(lock.until).slice(0, 5)} CT`;
  return `Locked by ${lock.words} until ${when}${span}`;
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
