import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AllowedRow, RulesPanel, RuleUse } from '../src/backend/types';
import { countdown, leastLeft, lockoutWords, lockUntil, nearest, ruleSentence, spanText } from '../src/core/rules';
import { button, gateSays, open, openSettings } from './window';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  localStorage.clear();
});

const AT = '2026-11-23T21:00:00Z';
const ROW: AllowedRow = { symbol: 'NQ', buy: 5, sell: 5, reason: null, flattenAt: '2026-11-23T21:05:00Z', flatBy: '2026-11-23T21:10:00Z' };

describe('the time to be flat', () => {
  it.each([
    ['2026-11-23T20:00:00Z', 'desk closes 15:05 CT, in 1:05:00', ''],
    ['2026-11-23T20:55:00Z', 'desk closes 15:05 CT, in 10:00', 'warn'],
    ['2026-11-23T21:03:00Z', 'desk closes 15:05 CT, in 2:00', 'danger'],
    ['2026-11-23T21:06:00Z', 'desk closes now', 'danger'],
  ])('is counted down in the time of the exchange: %s', (at, words, tone) => {
    expect(countdown(ROW, at)).toMatchObject({ words, tone });
  });

  it("is the firm's where the desk has closed already, and none where there is none", () => {
    expect(countdown({ ...ROW, flattenAt: null }, AT)?.words).toBe('flat by 15:10 CT, in 10:00');
    expect(countdown({ ...ROW, flattenAt: null, flatBy: null }, AT)).toBeNull();
    expect(countdown(undefined, AT)).toBeNull();
  });

  it('is written as a clock', () => {
    expect([spanText(3_723), spanText(123), spanText(5)]).toEqual(['1:02:03', '2:03', '0:05']);
  });
});

describe('a lock', () => {
  it('says what locked it and until when', () => {
    const lock = { cause: 'daily_loss', words: 'the daily loss limit', since: AT, until: '2026-11-23T23:00:00Z' };
    expect(lockoutWords(lock, AT)).toBe('Locked by the daily loss limit until 17:00 CT, 2:00:00 to go');
    expect(lockoutWords({ ...lock, until: '2026-11-29T23:00:00Z' }, AT)).toContain('until Sun 29 Nov 17:00 CT, ');
    expect(lockoutWords({ ...lock, until: null }, AT)).toBe('Locked by the daily loss limit, for good');
  });
});

describe('how long a lock is to last', () => {
  it('is counted from the time of the market', () => {
    expect(lockUntil('SESSION', '', AT)).toBeNull();
    expect(lockUntil('60', '', AT)).toBe('2026-11-23T22:00:00.000Z');
    // 15:00 in Chicago: half past three is today, half past two tomorrow.
    expect(lockUntil('TIME', '15:30', AT)).toBe('2026-11-23T21:30:00.000Z');
    expect(lockUntil('TIME', '14:30', AT)).toBe('2026-11-24T20:30:00.000Z');
    for (const wrong of ['', '25:00', '14:60', '1430']) expect(lockUntil('TIME', wrong, AT)).toBeUndefined();
  });
});

describe('a rule as a sentence', () => {
  it('says what counts, where it is reached, and what happens then', () => {
    expect(ruleSentence({ rule: 'daily_loss', line: '49000.00', byEquity: false, act: 'LOCK' })).toBe(
      'Reached when the balance, closed trades alone, falls to 49,000.00: everything is closed and nothing opens before the next session.',
    );
    expect(ruleSentence({ rule: 'personal_daily_profit', line: '50500.00', byEquity: true, act: 'FLATTEN' })).toContain('rises to 50,500.00');
  });

  it('has the least left first in a worst case', () => {
    const row = (rule: string, left: string) => ({ rule, words: rule, left });
    expect(leastLeft({ left: [row('max_loss', '900.00'), row('daily_loss', '-20.00')] })?.rule).toBe('daily_loss');
    expect(leastLeft({ left: [] })).toBeNull();
  });
});

describe('the nearest limit', () => {
  it('is the one of which the most is used', () => {
    const rule = (name: string, percent: number): RuleUse => ({
      rule: name, words: name, firms: true, used: '0', limit: '0', line: '0', distance: '0', percent, level: 'FINE', byEquity: true, act: 'FAIL',
    });
    const panel = { rules: [rule('a', 10), rule('b', 60), rule('c', 60)] } as Pick<RulesPanel, 'rules'> as RulesPanel;
    expect(nearest(panel)?.rule).toBe('b');
    expect(nearest({ ...panel, rules: [] })).toBeNull();
  });
});

/** Chooses the pack and shows the rules. */
async function withRules() {
  const opened = await open();
  const dialog = await openSettings();
  await waitFor(() => expect(within(dialog).getByRole('option', { name: /Exercise 50K/ })).toBeTruthy());
  await fireEvent.change(within(dialog).getByRole('combobox', { name: 'Rule pack' }), { target: { value: 'exercise-50k' } });
  await within(dialog).findByText(/Options and your own limits/);
  await fireEvent.click(button('Save'));
  await within(dialog).findByText('Saved.');
  await fireEvent.click(button('Close'));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  await fireEvent.click(screen.getByRole('tab', { name: 'Rules' }));
  return opened;
}

describe('the rules of the account', () => {
  it('are chosen in the settings, saved, and shown with what is used', async () => {
    const { desk } = await withRules();
    expect((await desk.getSettings()).rules).toEqual({ pack: 'exercise-50k', settings: [] });
    expect(await screen.findByText('exercise-50k, checked 2026-11-22')).toBeTruthy();
    expect(screen.getAllByText('The maximum loss limit: 0.00 of 2,000.00').length).toBeGreaterThan(0);
    expect(screen.getAllByText(/desk closes 15:05 CT, in/).length).toBeGreaterThan(0);
    expect(screen.getByText('Reached when equity, open profit in it, falls to 48,000.00: everything is closed and nothing opens in this account any more.')).toBeTruthy();
    expect(screen.getByText(/Rules of the exercise, read 2026-11-22/)).toBeTruthy();
    expect(screen.getByRole('region', { name: 'Protection' }).textContent).toContain('closes in 6:3');
  });

  it('lock the account only after a second press', async () => {
    const { desk } = await withRules();
    const lock = vi.spyOn(desk, 'lockOut');
    await fireEvent.click(await screen.findByRole('button', { name: 'Lock the account…' }));
    expect(lock).not.toHaveBeenCalled();
    await fireEvent.click(button('Leave it'));
    await fireEvent.click(button('Lock the account…'));
    await fireEvent.click(button('Lock the account now'));
    desk.advance(500);
    expect(lock).toHaveBeenCalledTimes(1);
    expect(await screen.findByText(/Locked by your own lock until 17:00 CT/)).toBeTruthy();
    expect(await screen.findByText('Locked out')).toBeTruthy();
  });

  it('lock it for as long as was chosen, without a pack too', async () => {
    const { desk } = await open();
    const lock = vi.spyOn(desk, 'lockOut');
    await fireEvent.click(screen.getByRole('tab', { name: 'Rules' }));
    await fireEvent.click(await screen.findByRole('button', { name: 'Lock the account…' }));
    const span = screen.getByRole('combobox', { name: 'How long to lock' });
    await fireEvent.change(span, { target: { value: 'TIME' } });
    await fireEvent.click(button('Lock the account now'));
    expect(lock).not.toHaveBeenCalled();
    await fireEvent.change(span, { target: { value: '15' } });
    await fireEvent.click(button('Lock the account now'));
    await waitFor(() => expect(lock).toHaveBeenCalledWith('2026-11-23T14:45:00.000Z'));
    expect(await screen.findByText(/Locked by your own lock until 08:45 CT/)).toBeTruthy();
  });

  it('say that they end with the next session', async () => {
    const { desk } = await withRules();
    desk.staged.lifts = true;
    expect(await screen.findByText(/From the next session on there are no rules/)).toBeTruthy();
  });

  it('stand at the gate before the press: the worst case, and what is still allowed', async () => {
    await withRules();
    await gateSays(/Buy: allowed, opens, 5 still allowed at worst .203\.78 without a stop, then 1,796\.22 left of the maximum loss limit/);
  });

  it('explain a value that the desk does not take, and choose nothing', async () => {
    const { desk } = await open();
    const dialog = await openSettings();
    await waitFor(() => expect(within(dialog).getByRole('option', { name: /Exercise 50K/ })).toBeTruthy());
    await fireEvent.change(within(dialog).getByRole('combobox', { name: 'Rule pack' }), { target: { value: 'exercise-50k' } });
    const field = await within(dialog).findByLabelText('daily_loss');
    await fireEvent.change(field, { target: { value: 'perhaps' } });
    expect(await within(dialog).findByText('daily_loss=perhaps: it must be on or off')).toBeTruthy();
    await fireEvent.click(button('Save'));
    await within(dialog).findByText('Saved.');
    expect((await desk.getSettings()).rules?.settings).toEqual([]);
  });
});
