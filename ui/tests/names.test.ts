import { cleanup, fireEvent, screen, within } from '@testing-library/svelte';
import axe from 'axe-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ScriptedBackend } from '../src/backend/scripted';
import { RECOVERED } from './rows';
import { button, buyOne, choose, fireAStop, gateSays, layOut, open, openSettings, showTab, type, workOne } from './window';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  localStorage.clear();
});

const TABLES = {
  Positions: ['Contract', 'Side', 'Qty', 'Average', 'Last', 'Open', 'Realized', 'Fees', 'Protected', 'Close and protect'],
  'Working orders': ['Order', 'Symbol', 'Side', 'Qty', 'Price', 'State', 'Cancel'],
  Phantoms: ['Lot', 'Symbol', 'Side', 'Qty', 'Entry', 'Stop', 'ticks', 'Target', 'ticks', 'State', 'Move'],
  'Order log': ['Time CT', 'Action', 'Symbol', 'Side', 'Qty', 'Price', 'Fill', 'Order', 'State', 'After', 'Reason'],
};

const options = (name: string) =>
  [...(screen.getByRole('combobox', { name }) as HTMLSelectElement).options].map((option) => option.text);

/** What is found by these names stays so, whatever the desk does. */
function expectTheNames(): void {
  for (const name of ['Buy', 'Sell', 'Flatten all', 'Settings']) {
    expect(screen.getByRole('button', { name }).tagName).toBe('BUTTON');
  }
  expect(options('Symbol').slice(0, 3)).toEqual(['ENQ', 'ES', 'GC']);
  expect(options('Order type')).toEqual(['MARKET', 'LIMIT']);
  for (const name of ['Quantity', 'Stop loss', 'Take profit']) {
    expect(screen.getByRole('textbox', { name }).tagName).toBe('INPUT');
  }
  const isLimit = (screen.getByRole('combobox', { name: 'Order type' }) as HTMLSelectElement).value === 'LIMIT';
  expect(screen.queryAllByRole('textbox', { name: 'Limit price' }).length).toBe(isLimit ? 1 : 0);
  for (const [name, headers] of Object.entries(TABLES)) {
    const table = screen.getByRole('table', { name });
    expect(within(table).getAllByRole('columnheader').map((header) => header.textContent?.trim())).toEqual(headers);
  }
  expect(screen.getAllByRole('checkbox', { name: 'Allow short selling' }).length).toBe(1);
  expect(screen.getByRole('status', { name: 'Gate' })).toBeTruthy();
}

async function expectNoViolations(): Promise<void> {
  const { violations } = await axe.run(document.body, {
    // Without layout there are no colours and no sizes to judge; the page around it is not ours here.
    rules: { 'color-contrast': { enabled: false }, 'target-size': { enabled: false }, region: { enabled: false } },
  });
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
}

const STATES: Readonly<Record<string, (desk: ScriptedBackend) => Promise<void>>> = {
  'at the start': () => Promise.resolve(),
  'with a position, a phantom and a working order': async (desk) => {
    await type('Stop loss', '20900.00');
    await gateSays(/Buy: allowed/);
    await buyOne(desk);
    await type('Stop loss', '');
    await workOne(desk);
  },
  'with a limit order on the ticket': async () => {
    await choose('Order type', 'LIMIT');
  },
  'while the gate refuses': async () => {
    await type('Quantity', '600');
    await gateSays(/Buy: 600 NQ/);
  },
  'while nothing can be sent': async () => {
    await type('Quantity', 'x');
    await gateSays(/nothing to send yet/);
  },
  'while an order is on its way': async () => {
    await fireEvent.click(button('Buy'));
    await gateSays(/Buy: sending/);
  },
  'after a refused order': async (desk) => {
    await fireEvent.click(button('Sell'));
    desk.advance(50);
    await screen.findByText(/refused by the desk/);
  },
  'after a flatten': async (desk) => {
    await buyOne(desk);
    await fireEvent.click(button('Flatten all'));
    desk.advance(2_000);
    await screen.findByRole('heading', { name: 'Flat' });
  },
  'while entries are halted': async (desk) => {
    await desk.setKill(true);
    await gateSays(/Buy: Entries are halted/);
  },
};

/** What is looked at beside the tables: axe looks too. */
const VIEWS: Readonly<Record<string, (desk: ScriptedBackend) => Promise<void>>> = {
  'with the history and a dispute bundle': async (desk) => {
    await buyOne(desk);
    await showTab('History');
    await screen.findByText('Fill');
    await fireEvent.click(button('Dispute bundle'));
    await screen.findByText(/Dispute bundle written/);
  },
  'with the receipt of a stop': async (desk) => {
    await fireAStop(desk);
    await fireEvent.click((await screen.findAllByRole('button', { name: /^Receipt of L0/ }))[0] as HTMLElement);
    await screen.findByText(/fires with the first trade at or below/);
  },
  'after a start that asks': async (desk) => {
    await buyOne(desk);
    desk.staged.recovery = RECOVERED;
    await desk.setKill(false);
    desk.say('started_again_after_a_crash');
    await screen.findByText(/Recovered after a crash/);
    await fireEvent.click(button('Report of the start'));
    await screen.findByText('The journal was whole.');
  },
};

describe('the names', () => {
  it.each(Object.keys(STATES))('are what they are, and axe finds nothing: %s', async (state) => {
    const { desk } = await open();
    await STATES[state]?.(desk);
    expectTheNames();
    await expectNoViolations();
  });

  it.each(['Mock', 'NinjaTrader'])('of the settings are what they are: %s', async (broker) => {
    await open();
    const dialog = await openSettings();
    const group = within(dialog).getByRole('radiogroup', { name: 'Broker' });
    expect(within(group).getAllByRole('radio').length).toBe(2);
    await fireEvent.click(within(group).getByRole('radio', { name: broker }));
    expect(within(dialog).queryAllByRole('button', { name: 'Connect' }).length).toBe(broker === 'NinjaTrader' ? 1 : 0);
    expect(within(dialog).getByRole('checkbox', { name: 'Allow short selling' })).toBeTruthy();
    await expectNoViolations();
  });

  it.each(Object.keys(VIEWS))('axe finds nothing: %s', async (view) => {
    layOut();
    const { desk } = await open();
    await VIEWS[view]?.(desk);
    await expectNoViolations();
  });
});
