import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import App from '../src/App.svelte';
import type { DeskListener } from '../src/backend/backend';
import { ScriptedBackend } from '../src/backend/scripted';
import type { DeskUpdateEvent, QuoteRow, Snapshot, WorkingRow } from '../src/backend/types';
import { fold, fromSnapshot } from '../src/core/desk_state';
import { sameRow, sameRows } from '../src/core/same';
import { PARTS } from '../src/core/turns';
import { layOut } from './window';
import { logRow, logRows, PHANTOM, POSITION, snapshot, STANDING, STATUS, WORKING } from './rows';

const QUOTES: QuoteRow[] = ['NQ', 'ES', 'GC'].map((symbol) => ({ symbol, last: '100.00', bid: '99.75', ask: '100.25', at: null }));
/** The same things said again, in new objects. */
const again = <Row extends object>(rows: readonly Row[]) => rows.map((row) => ({ ...row }));

describe('what has not changed', () => {
  const first: Snapshot = { ...snapshot(0, logRows(1, 2)), positions: [POSITION], working: [WORKING], phantoms: [PHANTOM], quotes: QUOTES };
  const update = (change: Partial<DeskUpdateEvent> = {}) => ({
    working: again(first.working),
    phantoms: again(first.phantoms),
    quotes: again(first.quotes),
    desk: { ...STATUS },
    standing: structuredClone(STANDING),
    ...change,
  });

  it('keeps its list and its rows', () => {
    const before = fromSnapshot(first, null);
    const after = fold(before, { rows: [], trades: [], positions: again(first.positions), desk: update() });
    expect(after.positions).toBe(before.positions);
    expect(after.working).toBe(before.working);
    expect(after.phantoms).toBe(before.phantoms);
    expect(after.quotes).toBe(before.quotes);
    expect(after.desk).toBe(before.desk);
    expect(after.standing).toBe(before.standing);
    expect(after.trades).toBe(before.trades);
  });

  it('keeps its row beside one that has changed', () => {
    const before = fromSnapshot(first, null);
    const moved = again(QUOTES).map((row) => (row.symbol === 'ES' ? { ...row, last: '100.25' } : row));
    const after = fold(before, { rows: [], trades: [], positions: null, desk: update({ quotes: moved }) });
    expect(after.quotes.map((row, index) => row === before.quotes[index])).toEqual([true, false, true]);
    expect(after.quotes[1]?.last).toBe('100.25');
  });

  it('is told from what has', () => {
    const rows = [{ id: 'a', n: 1 }, { id: 'b', n: 2 }];
    const key = (row: { id: string }) => row.id;
    expect(sameRows(rows, rows.slice(0, 1), key)).toEqual([rows[0]]);
    expect(sameRows(rows, rows.toReversed(), key)).toEqual(rows.toReversed());
    const older: Partial<WorkingRow> = { orderId: 'T1' };
    expect(sameRow(older, { orderId: 'T1', qty: 1 })).toEqual({ orderId: 'T1', qty: 1 });
  });
});

const frame = () => new Promise((done) => requestAnimationFrame(() => done(null)));

/** As many frames; each draws one part of the screen. */
async function frames(count: number): Promise<void> {
  for (let taken = 0; taken < count; taken += 1) await frame();
}

/** What the desk of `open` answers when it is asked for everything. */
let snapshots: MockInstance<ScriptedBackend['snapshot']>;

/** The window on a desk whose batches the test sends by hand. */
async function open(first: Snapshot) {
  const desk = new ScriptedBackend({ autorun: false });
  const listeners: DeskListener[] = [];
  snapshots = vi.spyOn(desk, 'snapshot').mockResolvedValue(first);
  vi.spyOn(desk, 'subscribe').mockImplementation((to) => {
    listeners.push(to);
    return Promise.resolve(() => undefined);
  });
  render(App, { backend: desk });
  const table = await screen.findByRole('table', { name: 'Positions' });
  await waitFor(() => expect(table.textContent).toContain('NQ 12-26'));
  const listener = listeners[0];
  if (listener === undefined) throw new Error('nobody listens');
  return listener;
}

/** Counts what is drawn in a table. */
function watch(name: string) {
  const drawn: MutationRecord[] = [];
  const table = screen.getByRole('table', { name });
  const observer = new MutationObserver((records) => drawn.push(...records));
  observer.observe(table, { subtree: true, childList: true, characterData: true, attributes: true });
  return () => {
    drawn.push(...observer.takeRecords());
    observer.disconnect();
    return drawn.length;
  };
}

describe('a minute of prices', () => {
  afterEach(() => {
    cleanup();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    localStorage.clear();
  });

  it('draws the prices that move, and no table that stays as it is', async () => {
    layOut();
    let nowMs = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
    const first: Snapshot = { ...snapshot(0, logRows(1, 40)), positions: [POSITION], working: [WORKING], phantoms: [PHANTOM], quotes: QUOTES };
    const listener = await open(first);
    await waitFor(() => expect(screen.getByRole('table', { name: 'Order log' }).textContent).toContain('T40'));
    await frames(PARTS.length);
    const still = ['Positions', 'Working orders', 'Phantoms', 'Order log'].map(watch);
    const moving = watch('Prices');
    for (let seq = 1; seq <= 60; seq += 1) {
      nowMs += 1_000;
      const last = `${100 + seq}.00`;
      const quotes = again(QUOTES).map((row) => (row.symbol === 'GC' ? { ...row, last } : row));
      const desk = { ...STATUS, marketTime: `2026-11-23T14:30:${String(seq % 60).padStart(2, '0')}.0000000Z` };
      listener.positionUpdate({ seq, positions: again(first.positions) });
      listener.deskUpdate({ seq, working: again(first.working), phantoms: again(first.phantoms), quotes, desk, standing: structuredClone(STANDING) });
      await frames(PARTS.length);
    }
    await waitFor(() => expect(screen.getByRole('table', { name: 'Prices' }).textContent).toContain('160'));
    expect(still.map((count) => count())).toEqual([0, 0, 0, 0]);
    // One figure for each change, and nothing around it.
    const drawn = moving();
    expect(drawn).toBeGreaterThan(30);
    expect(drawn).toBeLessThanOrEqual(60);
  });

  it('shows another desk whole, never half of two', async () => {
    const listener = await open({ ...snapshot(0, logRows(1, 4)), positions: [POSITION] });
    const other = { ...POSITION, symbol: 'ES', contract: 'ES 12-26' };
    const next = { ...snapshot(7, logRows(1, 4)), positions: [other], desk: { ...STATUS, mode: 'SIM' as const } };
    snapshots.mockResolvedValue(next);
    listener.positionUpdate({ seq: 5, positions: [POSITION] });
    await waitFor(() => expect(screen.getByRole('table', { name: 'Positions' }).textContent).toContain('ES 12-26'));
    expect(document.querySelector('.mode')?.textContent).toContain('SIM');
  });

  it('holds a page of the log, however many rows come', async () => {
    layOut();
    const listener = await open({ ...snapshot(0, logRows(1, 5_000)), positions: [POSITION] });
    const log = screen.getByRole('table', { name: 'Order log' });
    const inPage = () => log.querySelectorAll('[role=row]').length;
    await waitFor(() => expect(inPage()).toBeGreaterThan(3));
    const counts: number[] = [];
    for (let seq = 1; seq <= 60; seq += 1) {
      const from = 5_001 + (seq - 1) * 33;
      listener.orderLog({ seq, rows: logRows(from, from + 32), trades: [] });
      await frame();
      counts.push(inPage());
    }
    await waitFor(() => expect(screen.getByText('6,980 rows')).toBeTruthy());
    // The heading, the rows in sight, and what is kept ready above and below.
    expect(Math.min(...counts)).toBeGreaterThan(3);
    expect(Math.max(...counts)).toBeLessThan(60);
  });

  it('filters the log, and says how much of it is in sight', async () => {
    const listener = await open({ ...snapshot(0, logRows(1, 50)), positions: [POSITION] });
    await fireEvent.input(screen.getByRole('textbox', { name: 'Filter the log by text' }), { target: { value: 'gc' } });
    expect(screen.getByText('0 of 50 rows')).toBeTruthy();
    listener.orderLog({ seq: 1, rows: [logRow(51, { symbol: 'GC' }), logRow(52)], trades: [] });
    await waitFor(() => expect(screen.getByText('1 of 52 rows')).toBeTruthy());
  });
});
