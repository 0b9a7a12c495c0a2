import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { instrumentRows } from '../src/backend/scripted/glance';
import type { LogRow, PhantomRow } from '../src/backend/types';
import { type Closing, closeState, legsOf, openingOf, reversalWords } from '../src/core/reversal';
import { CLOSE_MS_MAX, Reversal } from '../src/state/reversal.svelte';
import { logOf, logRow, STATUS } from './rows';
import { button, buyOne, gateSays, open } from './window';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.useRealTimers();
  localStorage.clear();
});

const NQ = instrumentRows().find((row) => row.symbol === 'NQ') ?? null;
const NONE = { stopTicks: '', targetTicks: '' };
const LOT: PhantomRow = {
  lot: 'L0', symbol: 'NQ', side: 'BUY', qty: 2, entryPrice: '21000.00', stopPrice: '20990.00', takeProfit: '21020.00', trailing: false,
  trailTicks: null, breakEven: false, stopPnl: '-400.00', targetPnl: '800.00', openedAt: '2026-11-23T14:30:00Z', state: 'ARMED',
  stopDistanceTicks: 40, targetDistanceTicks: 80, passed: null,
};
const CLOSING: Closing = {
  contract: 'NQ 12-26', symbol: 'NQ', qty: 2, opens: 'SELL', legs: { stopTicks: '40', targetTicks: '' }, orderId: 'T2', afterRow: 3,
};
const ROW = {
  symbol: 'NQ', contract: 'NQ 12-26', qty: 2, avgPrice: '21000.00', lastPrice: '21000.00', unrealizedPnl: '0.00', liquidationPnl: null,
  firstRisk: null, openedAt: null, realizedPnl: '0.00', fees: '0.00', protectedQty: 2,
};

describe('the legs of a reversed position', () => {
  it('are as far away as the old ones, or what is kept for the symbol', () => {
    const kept = { stopTicks: '12', targetTicks: '24' };
    const legs = (lots: PhantomRow[]) => legsOf({ symbol: 'NQ' }, lots, NQ, kept);
    // 5 dollars a tick, two contracts.
    expect(legs([LOT])).toEqual({ stopTicks: '40', targetTicks: '80' });
    expect(legs([{ ...LOT, takeProfit: null, targetPnl: null }])).toEqual({ stopTicks: '40', targetTicks: '' });
    expect(legs([{ ...LOT, stopPnl: '100.00' }])).toEqual(kept);
    expect(legs([{ ...LOT, symbol: 'ES' }])).toEqual(kept);
    expect(legs([{ ...LOT, lot: 'L9', stopPrice: null, stopPnl: null }, LOT])).toEqual({ stopTicks: '40', targetTicks: '80' });
  });

  it('are said before the press', () => {
    expect(reversalWords({ qty: 2, contract: 'NQ 12-26' }, CLOSING.legs)).toBe(
      'Closes NQ 12-26, then sells 2: stop 40 ticks, no target',
    );
    expect(reversalWords({ qty: -1, contract: 'NQ 12-26' }, NONE)).toBe('Closes NQ 12-26, then buys 1: no stop, no target');
    expect(openingOf(CLOSING)).toEqual({ symbol: 'NQ', qty: '2', type: 'MARKET', stopTicks: '40', takeProfitTicks: null });
  });
});

describe('the close of a reversal', () => {
  const state = (rows: Partial<LogRow>[]) => closeState(CLOSING, rows.map((row, at) => logRow(4 + at, { orderId: 'T2', ...row }))).kind;

  it('has filled only with its own last fill', () => {
    expect(state([])).toBe('WAITS');
    expect(state([{ action: 'SUBMIT', qty: 2, status: 'PENDING' }, { action: 'FILL', qty: 1, status: 'PARTIALLY_FILLED' }])).toBe('WAITS');
    expect(state([{ orderId: 'T9', status: 'FILLED' }])).toBe('WAITS');
    expect(state([{ action: 'SUBMIT', qty: 2, status: 'PENDING' }, { status: 'FILLED' }])).toBe('FILLED');
  });

  it('is ended by whatever else happens', () => {
    const filled = { status: 'FILLED' };
    expect(state([{ action: 'FLATTEN', orderId: null, symbol: null }, filled])).toBe('ENDED');
    expect(state([{ action: 'HALT', orderId: null, symbol: null }, filled])).toBe('ENDED');
    expect(state([{ action: 'STOP', orderId: 'L0-X1' }, filled])).toBe('ENDED');
    expect(state([{ action: 'STOP', orderId: 'L5-X1', symbol: 'ES' }, filled])).toBe('FILLED');
    expect(state([{ action: 'FAIL', status: 'FAILED' }])).toBe('ENDED');
    expect(state([{ action: 'SUBMIT', qty: 1, status: 'PENDING' }, filled])).toBe('ENDED');
  });
});

describe('a reversal', () => {
  const answer = { orderId: 'T2', status: 'ACCEPTED', reason: null, message: null, unknown: false };

  function world() {
    const backend = { closePosition: vi.fn(() => Promise.resolve(answer)), placeBuy: vi.fn(() => Promise.resolve(answer)), placeSell: vi.fn(() => Promise.resolve(answer)) };
    const desk = { log: logOf([logRow(3)]), positions: [ROW], instrument: () => NQ, status: { ...STATUS, shortSelling: true } };
    const reversal = new Reversal(backend as never, desk);
    const turn = async () => {
      reversal.press(ROW, CLOSING.legs);
      expect(backend.closePosition).not.toHaveBeenCalled();
      reversal.press(ROW, CLOSING.legs);
      await vi.waitFor(() => expect(backend.closePosition).toHaveBeenCalledTimes(1));
      await Promise.resolve();
    };
    return { backend, desk, reversal, turn };
  }

  it('opens the other side once, and not before the position is flat', async () => {
    const { backend, desk, reversal, turn } = world();
    await turn();
    desk.log.add([logRow(4, { orderId: 'T2', qty: 2, status: 'FILLED' })]);
    reversal.look();
    expect(backend.placeSell).not.toHaveBeenCalled();
    desk.positions = [{ ...ROW, qty: 0 }];
    reversal.look();
    reversal.look();
    expect(backend.placeSell).toHaveBeenCalledTimes(1);
    expect(backend.placeSell).toHaveBeenCalledWith(openingOf(CLOSING));
    await vi.waitFor(() => expect(reversal.underWay).toBeNull());
    expect(reversal.said).toBeNull();
  });

  it('opens nothing after a flatten, though the position is flat', async () => {
    const { backend, desk, reversal, turn } = world();
    await turn();
    desk.log.add([logRow(4, { action: 'FLATTEN', orderId: null, symbol: null, status: 'FLAT' }), logRow(5, { orderId: 'T2', qty: 2, status: 'FILLED' })]);
    desk.positions = [{ ...ROW, qty: 0 }];
    reversal.look();
    expect(backend.placeSell).not.toHaveBeenCalled();
    expect([reversal.underWay, reversal.said]).toEqual([null, 'NQ 12-26 not turned around: a flatten or a halt came in between. Nothing was opened.']);
  });

  it('closes nothing where it could not open the other side', () => {
    const { backend, desk, reversal } = world();
    desk.status = { ...STATUS, shortSelling: false };
    reversal.press(ROW, CLOSING.legs);
    expect([reversal.armed, reversal.said]).toEqual([null, 'NQ 12-26 cannot be turned around: short selling is off.']);
    reversal.press({ ...ROW, qty: -2 }, CLOSING.legs);
    expect([reversal.armed, reversal.said]).toEqual(['NQ 12-26', null]);
    expect(backend.closePosition).not.toHaveBeenCalled();
  });

  it('says so when the other side is refused: the position is closed', async () => {
    const { backend, desk, reversal, turn } = world();
    backend.placeSell.mockResolvedValue({ ...answer, status: 'REJECTED', reason: 'order_size', message: 'too large' } as never);
    await turn();
    desk.log.add([logRow(4, { orderId: 'T2', qty: 2, status: 'FILLED' })]);
    desk.positions = [{ ...ROW, qty: 0 }];
    reversal.look();
    await vi.waitFor(() => expect(reversal.said).toMatch(/^NQ 12-26 is closed, the other side was refused\. /));
    expect(reversal.underWay).toBeNull();
  });

  it('gives up a close that does not fill in time', async () => {
    vi.useFakeTimers();
    const { backend, desk, reversal, turn } = world();
    await turn();
    vi.advanceTimersByTime(CLOSE_MS_MAX);
    desk.log.add([logRow(4, { orderId: 'T2', qty: 2, status: 'FILLED' })]);
    desk.positions = [{ ...ROW, qty: 0 }];
    reversal.look();
    expect(backend.placeSell).not.toHaveBeenCalled();
    expect(reversal.said).toMatch(/its close has not filled\. Nothing was opened/);
  });
});

describe('the button', () => {
  it('is not there until it is switched on', async () => {
    const { desk } = await open();
    await buyOne(desk);
    expect(screen.queryByRole('button', { name: 'Reverse NQ 12-26' })).toBeNull();
  });

  /** One contract long on a desk that may sell short. */
  async function long() {
    localStorage.setItem('phantom-desk.reverse', 'on');
    const opened = await open();
    await fireEvent.click(screen.getByRole('checkbox', { name: 'Allow short selling' }));
    await gateSays(/Sell: allowed/);
    await buyOne(opened.desk);
    return opened;
  }

  it('turns a position around with two presses', async () => {
    const { desk, sell } = await long();
    await fireEvent.click(button('Reverse NQ 12-26'));
    expect(screen.getByText(/Press again\. Closes NQ 12-26, then sells 1: no stop/)).toBeTruthy();
    await fireEvent.click(button('Reverse NQ 12-26'));
    desk.advance(1_000);
    await waitFor(() => expect(sell).toHaveBeenCalledTimes(1));
    desk.advance(1_000);
    await waitFor(() => expect(within(screen.getByRole('table', { name: 'Positions' })).getByText('\u22121')).toBeTruthy());
  });

  it('is disarmed by Esc', async () => {
    await long();
    await fireEvent.click(button('Reverse NQ 12-26'));
    expect(button('Reverse NQ 12-26').getAttribute('aria-pressed')).toBe('true');
    await fireEvent.keyDown(window, { key: 'Escape' });
    await waitFor(() => expect(button('Reverse NQ 12-26').getAttribute('aria-pressed')).toBe('false'));
  });
});
