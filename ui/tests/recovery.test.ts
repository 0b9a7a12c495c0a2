import { cleanup, fireEvent, screen, waitFor } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { changedWords, foundWords, isReturn, weightOf } from '../src/core/recovery';
import { AGAIN_MS, Recovery } from '../src/state/recovery.svelte';
import { logOf, logRow, RECOVERED } from './rows';
import { button, buyOne, open } from './window';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.useRealTimers();
  localStorage.clear();
});

const decided = { lot: 'L0', symbol: 'NQ', isStop: true, price: '20990.00' };

describe('a start is said', () => {
  it('not at all where nothing was found, quietly where it went well, loudly where a person must look', () => {
    const nothing = { ...RECOVERED, afterCrash: false, openLots: 0, phantoms: 0 };
    expect(weightOf(nothing)).toBe('NOTHING');
    expect(weightOf({ ...nothing, afterCrash: true })).toBe('QUIET');
    expect(weightOf({ ...nothing, fired: [decided] })).toBe('QUIET');
    for (const asks of [{ damage: 'record 9' }, { outside: ['X1'] }, { differing: ['NQ'] }, { passed: [decided] }]) {
      expect(weightOf({ ...nothing, ...asks })).toBe('ASKS');
    }
    expect([foundWords(nothing), changedWords(nothing)]).toEqual(['nothing was open', 'nothing has changed at the broker']);
    expect(changedWords({ ...nothing, missedFills: [{ orderId: 'T1', symbol: 'NQ', qty: 1, price: '1' }], ended: ['T2', 'T3'] })).toBe(
      '1 fill came meanwhile, 2 orders ended',
    );
  });

  it('by its own rows of the log, which are no notices', () => {
    expect(isReturn(logRow(1, { action: 'ALARM', reason: 'started_again' }))).toBe(true);
    expect(isReturn(logRow(1, { action: 'ALARM', reason: 'recovered: 1 order' }))).toBe(true);
    expect(isReturn(logRow(1, { action: 'ALARM', reason: 'the prices have ended' }))).toBe(false);
  });

  it('until everything is decided, and again after a pause', async () => {
    vi.useFakeTimers();
    const recovery = vi.fn().mockResolvedValueOnce({ ...RECOVERED, done: false }).mockResolvedValue(RECOVERED);
    const state = new Recovery({ recovery });
    await state.ask();
    expect(state.report?.done).toBe(false);
    await vi.advanceTimersByTimeAsync(AGAIN_MS);
    expect([state.report?.done, recovery.mock.calls.length]).toEqual([true, 2]);
    await vi.advanceTimersByTimeAsync(10 * AGAIN_MS);
    expect(recovery).toHaveBeenCalledTimes(2);
    state.dismiss();
    expect(state.weight).toBe('NOTHING');
    state.take(logOf([logRow(1, { action: 'ALARM', orderId: null, symbol: null, reason: 'woke_after_a_pause' })]));
    expect(recovery).toHaveBeenCalledTimes(3);
  });
});

describe('the window after a start', () => {
  it('shows one line, the report, and puts it away', async () => {
    await open({}, (desk) => (desk.staged.recovery = RECOVERED));
    await screen.findByText(/Recovered after a crash/);
    expect(screen.getByRole('status', { name: 'Recovery' }).textContent).toContain('1 stop or target armed again');
    await fireEvent.click(button('Report of the start'));
    await screen.findByText(/4,210 facts in 12 ms/);
    await fireEvent.click(button('Close'));
    await fireEvent.click(button('Dismiss the recovery'));
    await waitFor(() => expect(screen.queryByText(/Recovered after a crash/)).toBeNull());
  });

  it('asks what becomes of a stop that was passed, and lets it exit', async () => {
    const { desk } = await open({}, (it) => (it.staged.recovery = { ...RECOVERED, passed: [decided] }));
    await buyOne(desk);
    desk.passed('L0', 'STOP');
    await screen.findByText(/L0 NQ: stop passed while the desk was away/);
    expect(screen.getByRole('alert', { name: 'Recovery' })).toBeTruthy();
    const exit = vi.spyOn(desk, 'exitPassed');
    await fireEvent.click(button('Exit L0 at the market'));
    expect(exit).toHaveBeenCalledWith('L0');
    desk.advance(2_000);
    await waitFor(() => expect(screen.queryByText(/passed while the desk was away/)).toBeNull());
  });
});
