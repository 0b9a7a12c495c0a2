import { cleanup, fireEvent, screen, waitFor } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isNotice } from '../src/core/notices';
import { Notices } from '../src/state/notices.svelte';
import { logOf, logRow, logRows } from './rows';
import { button, open } from './window';

const GONE = 'gold.txt: no such file; the simulated market runs instead';
const notice = (n: number, reason = GONE) =>
  logRow(n, { action: 'ALARM', orderId: null, symbol: null, side: null, qty: null, fillPrice: null, status: null, reason });

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  localStorage.clear();
});

describe('notices', () => {
  it.each([
    [notice(1), true],
    [logRow(1, { action: 'ALARM', reason: 'late_fill' }), false],
    [logRow(1, { action: 'ALARM', orderId: null, reason: 'flatten_stuck' }), false],
    [logRow(1, { action: 'HALT', orderId: null, symbol: null, reason: 'kill_switch_on' }), false],
  ])('are rows of the program itself: %j', (row, is) => {
    expect(isNotice(row)).toBe(is);
  });

  it('are taken once, and those of another desk are over', () => {
    const notices = new Notices();
    const log = logOf([notice(1), ...logRows(2, 9)]);
    notices.take(log);
    notices.take(log);
    log.add([notice(10, 'the prices have ended')]);
    notices.take(log);
    expect(notices.shown.map((row) => row.n)).toEqual([1, 10]);
    log.restart([logRow(1)]);
    notices.take(log);
    expect(notices.shown).toEqual([]);
  });

  it('stand above the panels from the start until they are put away', async () => {
    await open({ notice: GONE });
    const bar = screen.getByRole('alert', { name: 'Notice' });
    await waitFor(() => expect(bar.textContent).toContain('the simulated market runs instead'));
    button('Dismiss the notice').focus();
    await fireEvent.click(button('Dismiss the notice'));
    expect(bar.textContent?.trim()).toBe('');
    // The keyboard goes on in the panels, not nowhere.
    expect(document.activeElement?.tagName).toBe('MAIN');
  });
});
