import { cleanup, fireEvent, screen, waitFor } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ARMED_MS, IDLE_MS, Sending } from '../src/state/sending.svelte';
import { box, button, buyOne, gateSays, open, type } from './window';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.useRealTimers();
  localStorage.clear();
});

describe('a ticket of two presses', () => {
  it('arms with the first press, sends with the second, and is disarmed by an edit', async () => {
    const { buy } = await open();
    await fireEvent.click(button('One click on'));
    await fireEvent.click(button('Buy'));
    expect(buy).not.toHaveBeenCalled();
    await gateSays(/Buy: ARMED: press again to send/);
    await type('Quantity', '2');
    await gateSays(/Buy: allowed/);
    await fireEvent.click(button('Buy'));
    await fireEvent.click(button('Sell'));
    expect(buy).not.toHaveBeenCalled();
    await gateSays(/Sell: ARMED/);
    await fireEvent.click(button('Buy'));
    await fireEvent.click(button('Buy'));
    expect(buy).toHaveBeenCalledTimes(1);
  });

  it('is disarmed by Escape and when the window loses the focus', async () => {
    const { buy } = await open();
    await fireEvent.click(button('One click on'));
    for (const leave of [() => fireEvent.keyDown(button('Buy'), { key: 'Escape' }), () => fireEvent.blur(window)]) {
      await fireEvent.click(button('Buy'));
      await leave();
      await gateSays(/Buy: allowed/);
    }
    expect(buy).not.toHaveBeenCalled();
  });

  it('is disarmed after three seconds', () => {
    vi.useFakeTimers();
    const sending = new Sending({ oneClick: false });
    expect(sending.press('BUY')).toBe(false);
    vi.advanceTimersByTime(ARMED_MS - 1);
    expect(sending.armed).toBe('BUY');
    vi.advanceTimersByTime(1);
    expect(sending.armed).toBeNull();
    expect(sending.press('BUY')).toBe(false);
    expect(sending.press('BUY')).toBe(true);
  });

  it('is how real money starts, whatever is chosen for the mock, and again after idling, a mode or a lost screen', () => {
    vi.useFakeTimers();
    const preferences = { oneClick: true };
    const sending = new Sending(preferences);
    sending.mode('LIVE');
    expect(sending.oneClick).toBe(false);
    sending.oneClick = true;
    expect([sending.press('BUY'), preferences.oneClick]).toEqual([true, true]);
    vi.advanceTimersByTime(IDLE_MS);
    expect(sending.oneClick).toBe(false);
    sending.oneClick = true;
    sending.reset();
    expect(sending.oneClick).toBe(false);
    sending.oneClick = true;
    sending.mode('MOCK');
    sending.mode('LIVE');
    expect(sending.oneClick).toBe(false);
  });
});

describe('quantities', () => {
  it('are put on the ticket by a press, and a right-click changes one for good', async () => {
    await open();
    await fireEvent.click(button('Quantity 3'));
    expect(box('Quantity')).toHaveProperty('value', '3');
    await fireEvent.contextMenu(button('Quantity 3'));
    const field = box('New quantity of preset 3');
    await fireEvent.input(field, { target: { value: '4' } });
    await fireEvent.blur(field);
    expect(button('Quantity 4')).toBeTruthy();
    cleanup();
    await open();
    expect(button('Quantity 4')).toBeTruthy();
  });

  it('that are none change nothing', async () => {
    await open();
    await fireEvent.contextMenu(button('Quantity 1'));
    await fireEvent.input(box('New quantity of preset 1'), { target: { value: '0' } });
    await fireEvent.blur(box('New quantity of preset 1'));
    expect(button('Quantity 1')).toBeTruthy();
  });

  it('may be that of the position', async () => {
    const { desk } = await open();
    await fireEvent.click(button(/^Quantity of the position/));
    expect(box('Quantity')).toHaveProperty('value', '1');
    await buyOne(desk);
    await type('Quantity', '9');
    await fireEvent.click(button(/^Quantity of the position/));
    expect(box('Quantity')).toHaveProperty('value', '1');
  });
});

describe('a bracket', () => {
  it('is sent in ticks from the fill when it was typed in money', async () => {
    const { buy } = await open();
    await type('Quantity', '2');
    await type('Stop loss, USD in all', '200');
    expect(box('Stop loss, ticks')).toHaveProperty('value', '20');
    await type('Quantity', '4');
    expect(box('Stop loss, ticks')).toHaveProperty('value', '10');
    expect(box('Stop loss, USD in all')).toHaveProperty('value', '200');
    await gateSays(/Buy: allowed/);
    await fireEvent.click(button('Buy'));
    expect(buy).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ stopPrice: null, stopTicks: '10' }));
  });

  it('names the price of each side when it was typed in ticks', async () => {
    await open();
    await type('Take profit, ticks', '40');
    expect(await screen.findByText(/^Buy \d+\.\d\d · Sell \d+\.\d\d$/)).toBeTruthy();
  });

  it('says the risk of each side before the press', async () => {
    await open();
    expect(screen.getAllByText('no stop').length).toBe(2);
    await type('Stop loss, ticks', '20');
    await type('Take profit, ticks', '40');
    await waitFor(() => expect(screen.getAllByText('risk 100.00 · 2.0 R (103.78 with fees)').length).toBe(2));
  });
});

describe('the limit', () => {
  it('is taken from the market with a press', async () => {
    await open();
    await waitFor(() => expect(button(/^Limit at the bid/).textContent).toMatch(/\d/));
    const bid = button(/^Limit at the bid/).textContent ?? '';
    await fireEvent.click(button(/^Limit at the bid/));
    expect(box('Limit price')).toHaveProperty('value', bid.trim());
    expect(screen.getByText('A sell would fill now')).toBeTruthy();
  });

  it('steps forty ticks with Page Up', async () => {
    await open();
    await waitFor(() => expect(button(/^Limit at the last/).textContent).toMatch(/\d/));
    await fireEvent.click(button(/^Limit at the last/));
    await type('Limit price', '21000.00');
    await fireEvent.keyDown(box('Limit price'), { key: 'PageUp' });
    expect(box('Limit price')).toHaveProperty('value', '21010.00');
  });
});
