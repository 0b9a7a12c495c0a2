import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import App from '../src/App.svelte';
import type { Backend, FlattenListener } from '../src/backend/backend';
import { ScriptedBackend } from '../src/backend/scripted';
import { Flatten } from '../src/state/flatten.svelte';
import { box, button, buyOne, choose, gateSays, moment, open, type, workOne } from './window';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  localStorage.clear();
});

describe('the ticket', () => {
  it('sends what is typed, as text', async () => {
    const { buy } = await open();
    await choose('Symbol', 'GC');
    await choose('Order type', 'LIMIT');
    await type('Quantity', '2');
    await type('Limit price', '2649.5');
    await type('Stop loss', '2640.0');
    await gateSays(/Buy: allowed/);
    await fireEvent.click(button('Buy'));
    expect(buy).toHaveBeenCalledExactlyOnceWith({
      symbol: 'GC',
      qty: '2',
      type: 'LIMIT',
      price: '2649.5',
      stopPrice: '2640.0',
      takeProfit: null,
      stopTicks: null,
      takeProfitTicks: null,
      trailTicks: null,
    });
  });

  it('has no limit price for a market order', async () => {
    await open();
    expect(screen.queryByRole('textbox', { name: 'Limit price' })).toBeNull();
    await choose('Order type', 'LIMIT');
    expect(box('Limit price')).toBeTruthy();
  });

  it('sends one order for a double click, and says that it is busy', async () => {
    const { buy } = await open();
    await fireEvent.click(button('Buy'));
    await fireEvent.click(button('Buy'));
    expect(buy).toHaveBeenCalledTimes(1);
    expect(button('Buy').getAttribute('aria-busy')).toBe('true');
    expect(button('Buy').getAttribute('aria-disabled')).toBe('true');
  });

  it('drops a twin within 300 ms even when the answer was at once', async () => {
    const { buy } = await open();
    buy.mockResolvedValue({ orderId: 'T9', status: 'ACCEPTED', reason: null, message: null, unknown: false });
    await fireEvent.click(button('Buy'));
    await moment();
    expect(button('Buy').getAttribute('aria-busy')).toBe('false');
    await fireEvent.click(button('Buy'));
    expect(buy).toHaveBeenCalledTimes(1);
  });

  it('sends nothing on Enter in any of its fields', async () => {
    const { buy, sell } = await open();
    await choose('Order type', 'LIMIT');
    for (const name of ['Quantity', 'Limit price', 'Stop loss', 'Take profit']) {
      await fireEvent.keyDown(box(name), { key: 'Enter', code: 'Enter' });
      await fireEvent.keyUp(box(name), { key: 'Enter', code: 'Enter' });
    }
    expect(document.querySelector('form')).toBeNull();
    expect(buy).not.toHaveBeenCalled();
    expect(sell).not.toHaveBeenCalled();
  });

  it('steps a price by ticks with the arrow keys', async () => {
    await open();
    await type('Stop loss', '20990.00');
    await fireEvent.keyDown(box('Stop loss'), { key: 'ArrowUp' });
    expect(box('Stop loss')).toHaveProperty('value', '20990.25');
    await fireEvent.keyDown(box('Stop loss'), { key: 'ArrowDown', shiftKey: true });
    expect(box('Stop loss')).toHaveProperty('value', '20987.75');
  });

  it('explains a price between two ticks and leaves it as typed', async () => {
    await open();
    await type('Stop loss', '20990.10');
    expect(screen.getByText('Between two ticks: 20990.00 or 20990.25')).toBeTruthy();
    expect(box('Stop loss')).toHaveProperty('value', '20990.10');
  });

  it('starts a new symbol without the prices of the old one', async () => {
    await open();
    await type('Stop loss', '20990.00');
    await choose('Symbol', 'ES');
    expect(box('Stop loss')).toHaveProperty('value', '');
    expect(screen.getAllByText('1 ES 12-26 at market').length).toBe(2);
  });

  it('says so when the desk refuses in spite of the verdict', async () => {
    const { buy } = await open();
    buy.mockResolvedValue({
      orderId: 'T1',
      status: 'REJECTED',
      reason: 'position_limit',
      message: '5 of 5 contracts in use; 0 more',
      unknown: false,
    });
    await fireEvent.click(button('Buy'));
    const alert = await screen.findByText(/Buy T1 refused by the desk\. 5 of 5 contracts in use; 0 more/);
    expect(alert.closest('[role=alert]')).not.toBeNull();
  });

  it('never calls an unanswered order cancelled or sent', async () => {
    const { buy } = await open();
    buy.mockResolvedValue({ orderId: 'T1', status: 'PENDING', reason: null, message: null, unknown: true });
    await fireEvent.click(button('Buy'));
    expect(await screen.findByText(/no answer from the broker yet/)).toBeTruthy();
  });
});

describe('the gate', () => {
  it('says why the desk would refuse, and the press goes to the desk, which writes it down', async () => {
    const { desk, sell } = await open();
    await gateSays(/Sell: Short selling is off/);
    const press = button('Sell');
    expect(press.hasAttribute('aria-disabled')).toBe(false);
    expect(press.hasAttribute('disabled')).toBe(false);
    expect(press.classList.contains('refused')).toBe(true);
    const described = document.getElementById(press.getAttribute('aria-describedby') ?? '');
    expect(described?.textContent).toContain('Short selling is off');
    await fireEvent.click(press);
    expect(sell).toHaveBeenCalledTimes(1);
    const alert = await screen.findByText(/Sell T1 refused by the desk\. Short selling is off/);
    expect(alert.closest('[role=alert]')).not.toBeNull();
    expect((await desk.snapshot()).log).toEqual([]);
    desk.advance(50);
    expect((await desk.snapshot()).log).toMatchObject([{ action: 'REJECT', orderId: 'T1', reason: 'short_selling_off' }]);
    await waitFor(() => expect(screen.getByText('1 row')).toBeTruthy());
  });

  it('drops the second press of a refused side too', async () => {
    const { sell } = await open();
    await gateSays(/Sell: Short selling is off/);
    await fireEvent.click(button('Sell'));
    await fireEvent.click(button('Sell'));
    expect(sell).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['Quantity', '', 'type a quantity'],
    ['Quantity', 'two', 'quantity "two" is not a number'],
    ['Stop loss', '20,990', 'stop loss "20,990" is not a number'],
  ])('has nothing to send while a field cannot be read: %s %j', async (field, text, words) => {
    const { buy, sell } = await open();
    await type(field, text);
    await gateSays(new RegExp(`Buy: nothing to send yet: ${words}.*Sell: nothing to send yet: ${words}`));
    for (const name of ['Buy', 'Sell']) {
      expect(button(name).getAttribute('aria-disabled')).toBe('true');
      await fireEvent.click(button(name));
    }
    expect(buy).not.toHaveBeenCalled();
    expect(sell).not.toHaveBeenCalled();
  });

  it('has nothing to send for a limit order without its price, and for a market order it has', async () => {
    const { buy } = await open();
    await choose('Order type', 'LIMIT');
    await gateSays(/Buy: nothing to send yet: type a limit price/);
    await choose('Order type', 'MARKET');
    await gateSays(/Buy: allowed/);
    await fireEvent.click(button('Buy'));
    expect(buy).toHaveBeenCalledTimes(1);
  });

  it('follows what is typed', async () => {
    await open();
    await type('Quantity', '6');
    await gateSays(/Buy: 6 NQ are 6 minis/);
    await type('Quantity', '0');
    await gateSays(/Buy: Quantity must be a whole number/);
    await type('Quantity', '1');
    await gateSays(/Buy: allowed, opens/);
  });

  it('follows the desk: a position may be sold', async () => {
    const { desk } = await open();
    await buyOne(desk);
    await gateSays(/Sell: allowed, reduces/);
  });

  it('lets the switch on the ticket allow short selling', async () => {
    const { desk } = await open();
    await fireEvent.click(screen.getByRole('checkbox', { name: 'Allow short selling' }));
    await gateSays(/Sell: allowed, opens/);
    expect((await desk.getSettings()).trading.shortSelling).toBe(true);
  });
});

describe('flatten all', () => {
  const KEY = { key: 'F', code: 'KeyF', ctrlKey: true, shiftKey: true };

  it('shows its receipt until it is dismissed', async () => {
    const { desk } = await open();
    await buyOne(desk);
    await fireEvent.click(button('Flatten all'));
    desk.advance(2_000);
    const receipt = await screen.findByRole('table', { name: 'Closed positions' });
    expect(within(receipt).getByText('NQ')).toBeTruthy();
    expect(screen.getByRole('heading', { name: 'Flat' })).toBeTruthy();
    await fireEvent.click(button('Dismiss the flatten result'));
    expect(screen.queryByRole('table', { name: 'Closed positions' })).toBeNull();
  });

  it('raises an alarm when it ends not flat', async () => {
    const { desk } = await open({ exitsStayOpen: true });
    await buyOne(desk);
    await fireEvent.click(button('Flatten all'));
    desk.advance(4_000);
    const alarm = await screen.findByText(/STILL OPEN: long 1 NQ/);
    expect(alarm.closest('[role=alert]')).not.toBeNull();
  });

  it('from the native menu shows the same receipt, and never stands in the way of the button', async () => {
    const listeners: FlattenListener[] = [];
    const { flatten } = await open({}, (desk) => {
      vi.spyOn(desk as Backend, 'whenFlattenedElsewhere').mockImplementation((listener) => {
        listeners.push(listener);
        return Promise.resolve(() => undefined);
      });
    });
    listeners[0]?.started();
    expect(await screen.findByRole('heading', { name: 'Flattening…' })).toBeTruthy();
    await fireEvent.click(button('Flatten all'));
    expect(flatten).toHaveBeenCalledTimes(1);
  });

  it('from the native menu says what became of it', async () => {
    const flatten = new Flatten({ flattenAll: () => Promise.reject(new Error('not asked for')) });
    flatten.started();
    expect(flatten.underWay).toBe(true);
    flatten.answered({ status: 'FLAT', closedPositions: [], cancelled: ['T1'], stillOpen: [] });
    expect([flatten.underWay, flatten.answer?.cancelled]).toEqual([false, ['T1']]);
    flatten.started();
    expect(flatten.answer).toBeNull();
    flatten.failed({ code: 'stopped', detail: '' });
    expect([flatten.underWay, flatten.fault]).toEqual([false, 'The desk has stopped.']);
  });

  it('works by key inside a field and under a dialog, once per press', async () => {
    const { desk, flatten } = await open();
    const answer = async () => {
      desk.advance(100);
      await moment();
    };
    await fireEvent.keyDown(box('Quantity'), KEY);
    await fireEvent.keyDown(box('Quantity'), { ...KEY, repeat: true });
    expect(flatten).toHaveBeenCalledTimes(1);
    await answer();
    await fireEvent.keyDown(box('Quantity'), { ...KEY, repeat: true });
    expect(flatten).toHaveBeenCalledTimes(1);
    await fireEvent.click(button('Settings'));
    await fireEvent.keyDown(await screen.findByRole('textbox', { name: 'Seed' }), KEY);
    expect(flatten).toHaveBeenCalledTimes(2);
  });

  it('stays a button that can be pressed while a dialog is open', async () => {
    const { flatten } = await open();
    await fireEvent.click(button('Settings'));
    await screen.findByRole('dialog', { name: 'Settings' });
    await fireEvent.click(button('Flatten all'));
    expect(flatten).toHaveBeenCalledTimes(1);
    expect(screen.getByRole('dialog', { name: 'Settings' })).toBeTruthy();
  });
});

describe('working orders', () => {
  it('are cancelled one by one', async () => {
    const { desk } = await open();
    await workOne(desk);
    await fireEvent.click(button('Cancel T1'));
    desk.advance(100);
    await waitFor(() => expect(screen.getByText('No working orders.')).toBeTruthy());
  });
});

describe('the window', () => {
  it('opens and closes the list of keys with F1', async () => {
    await open();
    await fireEvent.keyDown(document.body, { key: 'F1', code: 'F1' });
    const list = await screen.findByRole('dialog', { name: 'Keys' });
    expect(within(list).getByText('Ctrl+Shift+F')).toBeTruthy();
    await fireEvent.keyDown(document.body, { key: 'F1', code: 'F1' });
    await waitFor(() => expect(screen.queryByRole('dialog', { name: 'Keys' })).toBeNull());
  });

  it('says when entries are halted', async () => {
    const { desk } = await open();
    await fireEvent.click(button('Halt entries'));
    desk.advance(50);
    expect(await screen.findByText('Entries halted')).toBeTruthy();
    await gateSays(/Buy: Entries are halted/);
  });

  it('says when it is not live', async () => {
    const desk = new ScriptedBackend({ autorun: false });
    vi.spyOn(desk, 'snapshot').mockRejectedValue({ code: 'stopped', detail: '' });
    render(App, { backend: desk });
    expect(await screen.findByText(/Screen is not live: the desk does not answer/)).toBeTruthy();
  });
});
