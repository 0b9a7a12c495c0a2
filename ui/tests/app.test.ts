import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import axe from 'axe-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import App from '../src/App.svelte';
import { ScriptedBackend, type ScriptedOptions } from '../src/backend/scripted';

const MOMENT_MS = 20;
const moment = (ms = MOMENT_MS) => new Promise((done) => setTimeout(done, ms));

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  localStorage.clear();
});

const button = (name: string) => screen.getByRole('button', { name });
const box = (name: string) => screen.getByRole('textbox', { name });
const gate = () => screen.getByRole('status', { name: 'Gate' });
const type = (name: string, text: string) => fireEvent.input(box(name), { target: { value: text } });
const choose = (name: string, value: string) =>
  fireEvent.change(screen.getByRole('combobox', { name }), { target: { value } });

/** Once the gate says this about a side. */
async function gateSays(words: RegExp): Promise<void> {
  await waitFor(() => expect(gate().textContent?.replaceAll(/\s+/g, ' ')).toMatch(words));
}

/** The window on a scripted desk whose time stands still unless it is moved. */
async function open(options: ScriptedOptions = {}) {
  const desk = new ScriptedBackend({ autorun: false, ...options });
  const buy = vi.spyOn(desk, 'placeBuy');
  const sell = vi.spyOn(desk, 'placeSell');
  const flatten = vi.spyOn(desk, 'flattenAll');
  render(App, { backend: desk });
  await gateSays(/Buy: allowed/);
  return { desk, buy, sell, flatten };
}

async function buyOne(desk: ScriptedBackend): Promise<void> {
  await fireEvent.click(button('Buy'));
  desk.advance(1_000);
  await waitFor(() => expect(within(screen.getByRole('table', { name: 'Positions' })).getByText('+1')).toBeTruthy());
}

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
  it('says why a side is blocked, and the press does nothing', async () => {
    const { sell } = await open();
    await gateSays(/Sell: Short selling is off/);
    expect(button('Sell').getAttribute('aria-disabled')).toBe('true');
    expect(button('Sell').hasAttribute('disabled')).toBe(false);
    expect(document.getElementById(button('Sell').getAttribute('aria-describedby') ?? '')?.textContent).toContain(
      'Short selling is off',
    );
    await fireEvent.click(button('Sell'));
    expect(sell).not.toHaveBeenCalled();
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
    await choose('Order type', 'LIMIT');
    await type('Limit price', '20000.00');
    await gateSays(/Buy: allowed/);
    await fireEvent.click(button('Buy'));
    desk.advance(1_000);
    await fireEvent.click(await screen.findByRole('button', { name: 'Cancel T1' }));
    desk.advance(100);
    await waitFor(() => expect(screen.getByText('No working orders.')).toBeTruthy());
  });
});

describe('the settings', () => {
  it('put what is wrong beside its field and save nothing', async () => {
    const { desk } = await open();
    const save = vi.spyOn(desk, 'saveSettings');
    await fireEvent.click(button('Settings'));
    await fireEvent.input(await screen.findByRole('textbox', { name: 'Default quantity' }), { target: { value: 'x' } });
    await fireEvent.click(button('Save'));
    expect(await screen.findByText('x is not a whole number')).toBeTruthy();
    expect(box('Default quantity').getAttribute('aria-invalid')).toBe('true');
    expect(save).not.toHaveBeenCalled();
  });

  it('show what the desk says beside the field that it names', async () => {
    await open();
    await fireEvent.click(button('Settings'));
    await fireEvent.input(await screen.findByRole('textbox', { name: 'Shortest delay, ms' }), { target: { value: '900' } });
    await fireEvent.click(button('Save'));
    expect(await screen.findByText('must not be more than the longest delay')).toBeTruthy();
    expect(box('Shortest delay, ms').getAttribute('aria-invalid')).toBe('true');
  });

  it('show honestly that a connection failed', async () => {
    await open();
    await fireEvent.click(button('Settings'));
    await fireEvent.click(await screen.findByRole('radio', { name: 'NinjaTrader' }));
    await fireEvent.click(button('Connect'));
    await waitFor(() =>
      expect(screen.getByRole('status', { name: 'Connection' }).textContent).toContain('Not connected:'),
    );
  });

  it('have the short selling switch once, wherever it is', async () => {
    await open();
    expect(screen.getAllByRole('checkbox', { name: 'Allow short selling' }).length).toBe(1);
    await fireEvent.click(button('Settings'));
    await screen.findByRole('radiogroup', { name: 'Broker' });
    expect(screen.getAllByRole('checkbox', { name: 'Allow short selling' }).length).toBe(1);
  });

  it('switch to light and remember it', async () => {
    await open();
    await fireEvent.click(button('Settings'));
    await fireEvent.click(await screen.findByRole('radio', { name: 'Light' }));
    expect(document.documentElement.dataset['theme']).toBe('light');
    expect(localStorage.getItem('phantom-desk.theme')).toBe('light');
  });
});

describe('the window', () => {
  it('has every table, with headers', async () => {
    await open();
    for (const name of ['Positions', 'Working orders', 'Phantoms', 'Order log']) {
      const table = screen.getByRole('table', { name });
      expect(within(table).getAllByRole('columnheader').length).toBeGreaterThan(5);
    }
  });

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

  it.each(['idle', 'settings'])('has no fault that axe finds: %s', async (state) => {
    const { desk } = await open();
    await type('Stop loss', '20900.00');
    await gateSays(/Buy: allowed/);
    await buyOne(desk);
    if (state === 'settings') {
      await fireEvent.click(button('Settings'));
      await screen.findByRole('radiogroup', { name: 'Broker' });
    }
    const { violations } = await axe.run(document.body, {
      // Without layout there are no colours and no sizes to judge; the page around it is not ours here.
      rules: { 'color-contrast': { enabled: false }, 'target-size': { enabled: false }, region: { enabled: false } },
    });
    expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
  });
});
