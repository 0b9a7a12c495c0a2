// Rules of the scripted desk: one pack to look at, and the lock for the day.

import { BackendFault } from '../backend';
import type { LockoutRow, PackRow, RuleSetting, RulesChoice, RulesPanel } from '../types';

const PACK: PackRow = { id: 'exercise-50k', title: 'Exercise 50K', checkedOn: '2026-11-22', sources: [{ title: 'Rules of the exercise', url: 'https://example.com/rules', readOn: '2026-11-22' }] };
const SETTINGS: readonly RuleSetting[] = [
  { key: 'daily_loss', right: 'on or off', value: 'off' },
  { key: 'personal_daily_loss', right: 'an amount above 0, or none', value: 'none' },
];

export function packs(): PackRow[] {
  return [PACK];
}

export function settingsOf(choice: RulesChoice): RuleSetting[] {
  if (choice.pack !== PACK.id) throw new BackendFault('settings_invalid', `no rule pack ${choice.pack}`, 'rules.pack');
  return SETTINGS.map((row) => {
    const line = choice.settings.find((it) => it.startsWith(`${row.key}=`));
    const value = line?.slice(row.key.length + 1) ?? row.value;
    if (row.key === 'daily_loss' && value !== 'on' && value !== 'off') {
      throw new BackendFault('settings_invalid', `daily_loss=${value}: it must be on or off`, 'rules.settings');
    }
    return { ...row, value };
  });
}

export interface RulesGround {
  at: string;
  choice: RulesChoice | undefined;
  lockouts: LockoutRow[];
  resultCents: number;
  limitsLocked: boolean;
  symbols: readonly string[];
  /** No rules are there from the next session on. */
  lifts: boolean;
}

export function panelOf(ground: RulesGround): RulesPanel {
  const money = (cents: number): string => `${cents < 0 ? '-' : ''}${(Math.abs(cents) / 100).toFixed(2)}`;
  const used = Math.max(0, -ground.resultCents);
  const limit = 200_000;
  const has = ground.choice !== undefined;
  return {
    at: ground.at,
    pack: ground.choice?.pack ?? null,
    checkedOn: has ? PACK.checkedOn : null,
    unusable: null,
    balance: '50000.00',
    equity: money(5_000_000 + ground.resultCents),
    result: money(ground.resultCents),
    worstEquity: money(5_000_000 + ground.resultCents),
    floor: has ? '48000.00' : null,
    floorTomorrow: has ? '48000.00' : null,
    rules: has
      ? [
          {
            rule: 'max_loss',
            words: 'the maximum loss limit',
            firms: true,
            used: money(used),
            limit: money(limit),
            line: '48000.00',
            distance: money(limit - used),
            percent: Math.min(100, Math.floor((used * 100) / limit)),
            byEquity: true,
            act: 'FAIL',
            level: used >= limit ? 'REACHED' : used >= limit / 2 ? 'WARNED' : 'FINE',
          },
        ]
      : [],
    size: has ? { used: '0', limit: '5', left: '5', percent: 0 } : null,
    tradesUsed: null,
    tradesMax: null,
    lockouts: ground.lockouts,
    runAway: null,
    limitsLockedUntil: ground.limitsLocked ? '2026-11-23T23:00:00Z' : null,
    planned: false,
    lifts: ground.lifts,
    allowed: has
      ? ground.symbols.map((symbol) => ({
          symbol,
          buy: ground.lockouts.length === 0 ? 5 : 0,
          sell: ground.lockouts.length === 0 ? 5 : 0,
          reason: ground.lockouts.length === 0 ? null : 'locked_out',
          flattenAt: '2026-11-23T21:05:00Z',
          flatBy: '2026-11-23T21:10:00Z',
        }))
      : [],
  };
}
