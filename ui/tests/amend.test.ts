import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ScriptedBackend } from '../src/backend/scripted';
import { box, button, buyOne, gateSays, moment, open, type, workOne } from './window';



afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  localStorage.clear();
});

const row = (table: string, words: string) => {
  const found = within(screen.getByRole('table', { name: table })).getAllByRole('row').find((it) => it.textContent?.includes(words));
  if (found === undefined) throw new Error(`no ${words} in ${table}`);
  return found;
};

async function protectedPosition(desk: ScriptedBackend): Promise<void> {
  await type('Stop loss', '20900.00');
  await gateSays(/Buy: allowed/);
  await buyOne(desk);
  await screen.findByRole('button', { name: 'Move the stop and target of L0' });
}

describe('a working order', () => {
  it('gets another limit: arrows move a tick, Enter asks, the row says it until the broker answers', async () => {
    const { desk } = await open();
    const change = vi.spyOn(desk, 'changeOrder');
    await workOne(desk);
    await fireEvent.click(button('Change T1'));
    await fireEvent.keyDown(box('Limit of T1'), { key: 'ArrowUp' });
    await fireEvent.keyDown(box('Limit of T1'), { key: 'ArrowUp', shiftKey: true });
    expect(screen.getByText('+11 ticks, was 20000.00')).toBeTruthy();
    await fireEvent.keyDown(box('Limit of T1'), { key: 'Enter' });
    await waitFor(() => expect(screen.queryByRole('group', { name: 'New terms of T1' })).toBeNull());
    expect(change).toHaveBeenCalledExactlyOnceWith({ orderId: 'T1', qty: null, price: '20002.75' });
    desk.advance(100);
    await waitFor(() => expect(row('Working orders', 'T1').textContent).toContain('20002.75'));
    expect((await desk.snapshot()).log.filter((it) => it.action === 'CHANGE').map((it) => it.reason)).toEqual(['change_requested', 'changed']);
  });

  it('keeps its terms after Escape, and nothing was asked', async () => {
    const { desk } = await open();
    const change = vi.spyOn(desk, 'changeOrder');
    await workOne(desk);
    await fireEvent.click(button('Change T1'));
    await type('Quantity of T1', '9');
    await fireEvent.keyDown(box('Quantity of T1'), { key: 'Escape' });
    expect(screen.queryByRole('group', { name: 'New terms of T1' })).toBeNull();
    expect(change).not.toHaveBeenCalled();
    expect(document.activeElement).toBe(button('Change T1'));
  });

  it('says why the desk refuses new terms, and keeps the field as typed', async () => {
    const { desk } = await open();
    await workOne(desk);
    await fireEvent.click(button('Change T1'));
    await type('Limit of T1', '20000.10');
    await fireEvent.click(button('Apply the new terms of T1'));
    expect((await screen.findByText(/Limit 20000.10 is between two ticks/)).getAttribute('role')).toBe('alert');
    expect(box('Limit of T1')).toHaveProperty('value', '20000.10');
  });

  it('that ends takes its editor away', async () => {
    const { desk } = await open();
    await workOne(desk);
    await fireEvent.click(button('Change T1'));
    await desk.cancelOrder('T1');
    desk.advance(100);
    await waitFor(() => expect(screen.queryByRole('group', { name: 'New terms of T1' })).toBeNull());
  });
});

describe('a stop', () => {
  it('is moved in ticks, price or money, and only what changes is asked for', async () => {
    const { desk } = await open();
    const protect = vi.spyOn(desk, 'protect');
    await protectedPosition(desk);
    await fireEvent.click(button('Move the stop and target of L0'));
    await type('Stop of L0, ticks', '60');
    await fireEvent.click(button('Apply'));
    await waitFor(() => expect(screen.queryByRole('group', { name: 'Stop and target of L0' })).toBeNull());
    expect(protect).toHaveBeenCalledExactlyOnceWith({ whom: { kind: 'LOT', lot: 'L0' }, stop: { kind: 'AWAY', ticks: '60' } });
    desk.advance(50);
    await fireEvent.click(button('Move the stop and target of L0'));
    await type('Target of L0', '21200.00');
    await fireEvent.keyDown(box('Target of L0'), { key: 'Enter' });
    await waitFor(() => expect(protect).toHaveBeenCalledTimes(2));
    expect(protect).toHaveBeenLastCalledWith({ whom: { kind: 'LOT', lot: 'L0' }, target: { kind: 'AT', price: '21200.00' } });
  });

  it('goes only by its own press, never by an emptied field', async () => {
    const { desk } = await open();
    const protect = vi.spyOn(desk, 'protect');
    await protectedPosition(desk);
    await fireEvent.click(button('Move the stop and target of L0'));
    await type('Stop of L0', '');
    await fireEvent.click(button('Apply'));
    expect(screen.getByText(/press Remove stop to have none/)).toBeTruthy();
    expect(protect).not.toHaveBeenCalled();
    await fireEvent.click(button('Remove stop'));
    expect(protect).toHaveBeenCalledExactlyOnceWith({ whom: { kind: 'LOT', lot: 'L0' }, stop: { kind: 'REMOVE' } });
    desk.advance(50);
    await waitFor(() => expect(screen.getByText('UNPROTECTED 1')).toBeTruthy());
  });

  it('trails, and goes to break-even', async () => {
    const { desk } = await open();
    const protect = vi.spyOn(desk, 'protect');
    await protectedPosition(desk);
    await fireEvent.click(button('Move the stop and target of L0'));
    const editor = within(screen.getByRole('group', { name: 'Stop and target of L0' }));
    await fireEvent.input(editor.getByRole('textbox', { name: 'Trailing, ticks' }), { target: { value: '25' } });
    await fireEvent.input(editor.getByRole('textbox', { name: 'Break-even after, ticks' }), { target: { value: '10' } });
    await fireEvent.click(button('Apply'));
    expect(protect).toHaveBeenCalledExactlyOnceWith({
      whom: { kind: 'LOT', lot: 'L0' },
      stop: { kind: 'TRAIL', ticks: '25' },
      breakEven: { kind: 'SET', afterTicks: '10', plusTicks: null },
    });
    desk.advance(50);
    await fireEvent.click(button('Move the stop and target of L0'));
    await fireEvent.click(button('Break-even'));
    expect(protect).toHaveBeenLastCalledWith({
      whom: { kind: 'LOT', lot: 'L0' },
      breakEven: { kind: 'SET', afterTicks: '1', plusTicks: '0' },
    });
  });

  it('that the market has reached is refused in words', async () => {
    const { desk } = await open();
    await protectedPosition(desk);
    await fireEvent.click(button('Move the stop and target of L0'));
    await type('Stop of L0', '22000.00');
    await fireEvent.click(button('Apply'));
    expect((await screen.findByText(/Stop 22000.00 of a BUY must be below/)).getAttribute('role')).toBe('alert');
  });

  it('is given to a position that has none', async () => {
    const { desk } = await open();
    const protect = vi.spyOn(desk, 'protect');
    await buyOne(desk);
    await waitFor(() => expect(screen.getByText('UNPROTECTED 1')).toBeTruthy());
    await fireEvent.click(button('Stop and target of NQ 12-26'));
    await type('Stop of NQ 12-26, USD in all', '100');
    await fireEvent.click(button('Apply'));
    expect(protect).toHaveBeenCalledExactlyOnceWith({ whom: { kind: 'POSITION', symbol: 'NQ' }, stop: { kind: 'AWAY', ticks: '20' } });
    desk.advance(50);
    await waitFor(() => expect(screen.queryByText('UNPROTECTED 1')).toBeNull());
    expect(screen.getByText('−100.00')).toBeTruthy();
  });
});

describe('a position', () => {
  it('is closed at the market with one press, and half of one contract is none', async () => {
    const { desk } = await open();
    const close = vi.spyOn(desk, 'closePosition');
    await buyOne(desk);
    expect(button('Close half of NQ 12-26').getAttribute('aria-disabled')).toBe('true');
    await fireEvent.click(button('Close half of NQ 12-26'));
    expect(close).not.toHaveBeenCalled();
    await fireEvent.click(button('Close NQ 12-26'));
    expect(close).toHaveBeenCalledExactlyOnceWith('NQ', 'ALL');
    desk.advance(1_000);
    await waitFor(() => expect(row('Positions', 'NQ 12-26').textContent).toContain('flat'));
  });
});

describe('what a person must decide', () => {
  it('about two numbers of a position stands there with both, and goes with the numbers that were seen', async () => {
    const { desk } = await open();
    const decide = vi.spyOn(desk, 'decideDifference');
    desk.staged.differences = [{ symbol: 'NQ', contract: 'NQ 12-26', ours: 1, broker: 2, state: 'CONFIRMED', since: '2026-11-23T14:30:00Z' }];
    desk.advance(50);
    expect(await screen.findByText('! NQ 12-26: +1 by fills, +2 at the broker')).toBeTruthy();
    expect(button('Keep +1 for NQ')).toBeTruthy();
    await fireEvent.click(button("Take the broker's +2 for NQ"));
    expect(decide).toHaveBeenCalledExactlyOnceWith({ symbol: 'NQ', decision: 'TAKE_BROKERS', ours: 1, broker: 2 });
    desk.advance(50);
    await waitFor(() => expect(screen.queryByText(/at the broker/)).toBeNull());
    expect(document.activeElement?.tagName).toBe('MAIN');
  });

  it('waits while the broker may lag', async () => {
    const { desk } = await open();
    desk.staged.differences = [{ symbol: 'NQ', contract: 'NQ 12-26', ours: 1, broker: 0, state: 'SUSPECTED', since: '2026-11-23T14:30:00Z' }];
    desk.advance(50);
    expect(await screen.findByText(/The broker may lag/)).toBeTruthy();
    expect(screen.queryByRole('button', { name: /^Keep/ })).toBeNull();
  });

  it('about books in doubt is lifted by contract, and says why they are', async () => {
    const { desk } = await open();
    const lift = vi.spyOn(desk, 'liftLatch');
    desk.staged.latches = [{ symbol: 'GC', reason: 'execution_twice', orderId: 'T4' }, { symbol: null, reason: 'exits_beyond_position', orderId: null }];
    desk.advance(50);
    expect(await screen.findByText(/One execution came twice under two ids; look at it \(T4\)/)).toBeTruthy();
    await fireEvent.click(button('I have checked GC'));
    expect(lift).toHaveBeenCalledExactlyOnceWith('GC');
    await moment();
    await fireEvent.click(button('I have checked everything'));
    expect(lift).toHaveBeenLastCalledWith(null);
  });
});
