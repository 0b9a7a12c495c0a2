import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import axe from 'axe-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { BrokerLink, ConnectionFound } from '../src/backend/types';
import { COMMAND_WORDS, EVENT_WORDS } from '../src/core/api';
import { accountWords, foundRows, latencyWords, modeNote, needsAWord, retryWords } from '../src/core/broker';
import { showBytes } from '../src/core/bytes';
import { SOUND_KINDS } from '../src/core/sounds';
import { HOLD_MS, widens } from '../src/core/widen';
import { box, button, open, openSettings, type } from './window';

afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.restoreAllMocks();
  localStorage.clear();
});

const UP: BrokerLink = {
  stage: 'UP',
  words: 'connected',
  place: '127.0.0.1:36985',
  attempts: 0,
  retryInMs: null,
  server: 'PhantomBridge 1.0.0',
  platform: 'NinjaTrader 8.1',
  account: 'Sim101',
  provider: 'Simulator',
  kind: 'SIM',
  latencyMicros: 640,
  warnings: [],
};
const WAITING: BrokerLink = { ...UP, stage: 'WAITING', words: 'nothing listens: start NinjaTrader', attempts: 3, retryInMs: 3_100 };
const LIVE: BrokerLink = { ...UP, account: 'APEX-1', provider: 'Rithmic', kind: 'LIVE' };
const ASKS: BrokerLink = { ...LIVE, stage: 'AWAITS_CONFIRMATION', words: 'this account trades real money: type its name' };

const FOUND: ConnectionFound = {
  server: 'PhantomBridge 1.0.0',
  platform: 'NinjaTrader 8.1',
  account: 'APEX-1',
  provider: 'Rithmic',
  kind: 'LIVE',
  latencyMicros: 1_250,
  words: 'orders could be sent',
  warnings: ['NQ 12-26 rolls on 2026-12-14'],
  byDesk: false,
};

describe('the connection in short words', () => {
  it('names the account once it was told, and what is the matter until then', () => {
    expect(modeNote('SIM', UP)).toBe('NinjaTrader · Sim101');
    expect(modeNote('LIVE', LIVE)).toBe('REAL MONEY · APEX-1');
    expect(modeNote('OFFLINE', { ...WAITING, account: null })).toBe('not connected');
    expect(modeNote('SIM', WAITING)).toBe('Sim101: not connected');
    expect(accountWords('Sim101', UP)).toBe('Sim101 · Simulator');
    expect(accountWords('MOCK', null)).toBe('MOCK');
  });

  it('counts tries, and announces the next one', () => {
    expect(retryWords(WAITING)).toBe('3 tries failed; the next one in 4 s');
    expect(retryWords({ ...WAITING, attempts: 1, retryInMs: null })).toBe('1 try failed');
    expect(retryWords(UP)).toBe('');
    expect([latencyWords(640), latencyWords(1_250), latencyWords(null)]).toEqual(['640 µs', '1.3 ms', '–']);
  });

  it('has nothing to say while it works and nothing warns', () => {
    expect([needsAWord(null), needsAWord(UP), needsAWord(WAITING), needsAWord({ ...UP, warnings: ['x'] })]).toEqual([false, false, true, true]);
  });

  it('shows sizes as people read them', () => {
    expect(['0', '1023', '1536', '2147483648', 'x'].map(showBytes)).toEqual(['0 bytes', '1023 bytes', '1.5 KB', '2.0 GB', 'x']);
  });
});

describe('a stop with real money', () => {
  const standing = { stopPrice: '100.00', takeProfit: null, trailTicks: null, breakEven: false };
  const leg = { ticks: '', price: '99.75', money: '', moneyEach: '', fault: null, wrongSide: false };
  const whom = { kind: 'LOT' as const, lot: 'L0' };
  const at = (price: string) => ({ whom, stop: { kind: 'AT' as const, price } });

  it('is wider where it lets more be lost', () => {
    expect([widens(at('99.75'), 'BUY', standing, leg), widens(at('100.25'), 'BUY', standing, leg)]).toEqual([true, false]);
    expect([widens(at('99.75'), 'SELL', standing, leg), widens(at('100.25'), 'SELL', standing, leg)]).toEqual([false, true]);
    expect(widens({ whom, stop: { kind: 'REMOVE' } }, 'BUY', standing, leg)).toBe(true);
    expect(widens({ whom, stop: { kind: 'AWAY', ticks: '5' } }, 'BUY', standing, leg)).toBe(true);
    expect(widens({ whom, stop: { kind: 'TRAIL', ticks: '8' } }, 'BUY', { ...standing, trailTicks: 8 }, leg)).toBe(false);
    expect(widens({ whom, stop: { kind: 'TRAIL', ticks: '9' } }, 'BUY', { ...standing, trailTicks: 8 }, leg)).toBe(true);
    expect(widens(at('1.00'), 'BUY', { ...standing, stopPrice: null }, leg)).toBe(false);
    expect(widens({ whom, target: { kind: 'REMOVE' } }, 'BUY', standing, leg)).toBe(false);
  });

  it('is moved further away by holding, and by nothing shorter', async () => {
    const { desk } = await open({}, (it) => (it.staged.broker = LIVE));
    const placed = desk.placeBuy({ symbol: 'NQ', qty: 1, type: 'MARKET', stopPrice: '20900.00' });
    desk.advance(1_000);
    await placed;
    await fireEvent.click(await screen.findByRole('button', { name: 'Move the stop and target of L0' }));
    const protect = vi.spyOn(desk, 'protect');
    await type('Stop of L0', '20800.00');
    await fireEvent.click(button('Apply'));
    expect(protect).not.toHaveBeenCalled();
    const hold = await screen.findByRole('button', { name: 'Hold to widen the stop' });
    vi.useFakeTimers();
    await fireEvent.pointerDown(hold);
    vi.advanceTimersByTime(HOLD_MS - 1);
    await fireEvent.pointerUp(hold);
    vi.advanceTimersByTime(HOLD_MS);
    expect(protect).not.toHaveBeenCalled();
    await fireEvent.pointerDown(hold);
    vi.advanceTimersByTime(HOLD_MS);
    expect(protect).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ stop: { kind: 'AT', price: '20800.00' } }));
  });
});

describe('the line about the connection', () => {
  it('says what is the matter and when it is tried again, and tries at once when asked', async () => {
    const { desk } = await open({}, (it) => (it.staged.broker = WAITING));
    const connect = vi.spyOn(desk, 'connectBroker');
    const line = await screen.findByRole('region', { name: 'Broker connection' });
    expect(within(line).getByRole('status', { name: 'Broker' }).textContent).toContain('start NinjaTrader');
    expect(line.textContent).toContain('3 tries failed; the next one in 4 s');
    await fireEvent.click(within(line).getByRole('button', { name: 'Try now' }));
    expect(connect).toHaveBeenCalledOnce();
  });

  it('asks for the name of the account with real money, and takes no other', async () => {
    const { desk } = await open({}, (it) => (it.staged.broker = ASKS));
    const confirm = vi.spyOn(desk, 'confirmLive');
    await screen.findByRole('textbox', { name: 'Account name' });
    await type('Account name', 'APEX-2');
    await fireEvent.click(button('Let orders out'));
    expect(await screen.findByText(/not the name of this account/)).toBeTruthy();
    await type('Account name', 'APEX-1');
    await fireEvent.click(button('Let orders out'));
    await waitFor(() => expect(screen.queryByText(/not the name of this account/)).toBeNull());
    expect(confirm.mock.calls).toEqual([['APEX-2'], ['APEX-1']]);
  });

  it('is not there on the simulated market, and shows warnings while it works', async () => {
    await open();
    expect(screen.queryByRole('region', { name: 'Broker connection' })).toBeNull();
    cleanup();
    await open({}, (it) => (it.staged.broker = { ...UP, warnings: ['NQ 12-26 rolls on 2026-12-14'] }));
    expect((await screen.findByRole('region', { name: 'Broker connection' })).textContent).toContain('rolls on 2026-12-14');
  });
});

describe('the settings', () => {
  it('test the connection with what stands in the fields, and show who is there', async () => {
    const { desk } = await open();
    const test = vi.spyOn(desk, 'testConnection').mockResolvedValue(FOUND);
    await openSettings();
    await fireEvent.click(screen.getByRole('radio', { name: 'NinjaTrader' }));
    await type('Account', 'APEX-1');
    await fireEvent.input(screen.getByLabelText('Password', { selector: 'input' }), { target: { value: 'secret' } });
    await fireEvent.click(button('Test connection'));
    const said = screen.getByRole('status', { name: 'Connection test' });
    await waitFor(() => expect(said.textContent).toContain('Orders could be sent'));
    for (const [name, value] of foundRows(FOUND)) {
      expect(said.textContent).toContain(name);
      expect(said.textContent).toContain(value);
    }
    expect(said.textContent).toContain('LIVE: REAL MONEY');
    expect(said.textContent).toContain('rolls on 2026-12-14');
    expect(test).toHaveBeenCalledExactlyOnceWith({ host: '127.0.0.1', port: 36_985, account: 'APEX-1', username: '', password: 'secret' });
    expect((await desk.getSettings()).broker).toBe('MOCK');
  });

  it('switch sounds and their loudness at once, and keep them when the rest is saved', async () => {
    const { desk } = await open();
    const dialog = await openSettings();
    await fireEvent.click(within(dialog).getByRole('tab', { name: 'Sounds' }));
    await fireEvent.click(await within(dialog).findByRole('checkbox', { name: 'Fill' }));
    await waitFor(async () => expect((await desk.getSettings()).sounds).toEqual({ volume: 50, off: ['FILL'] }));
    await fireEvent.change(within(dialog).getByRole('slider', { name: 'Volume' }), { target: { value: '80' } });
    await waitFor(async () => expect((await desk.getSettings()).sounds).toEqual({ volume: 80, off: ['FILL'] }));
    await fireEvent.click(within(dialog).getByRole('button', { name: 'Try the sound: Stop fired' }));
    await waitFor(() => expect(within(dialog).getByRole('status', { name: 'Sounds' }).textContent).toContain('makes no sound'));
    await fireEvent.click(within(dialog).getByRole('tab', { name: 'Broker and trading' }));
    await type('Default quantity', '2');
    await fireEvent.click(button('Save'));
    await waitFor(async () => expect((await desk.getSettings()).trading.defaultQty).toBe(2));
    expect((await desk.getSettings()).sounds).toEqual({ volume: 80, off: ['FILL'] });
    expect(SOUND_KINDS.length).toBe(8);
  });

  it('have a page for the data folder, the commands and whose work is inside, without violations', async () => {
    await open();
    const dialog = await openSettings();
    for (const [tab, words] of [['Data folder', 'Free on its disk'], ['API', 'no network interface'], ['About', 'Phantom Desk']] as const) {
      await fireEvent.click(within(dialog).getByRole('tab', { name: tab }));
      await waitFor(() => expect(dialog.textContent).toContain(words));
      const { violations } = await axe.run(dialog, { rules: { 'color-contrast': { enabled: false }, 'target-size': { enabled: false }, region: { enabled: false } } });
      expect(violations.map(({ id, nodes }) => [tab, id, nodes.map((node) => node.html)])).toEqual([]);
    }
  });

  it('have words for every command and event', async () => {
    const { desk } = await open();
    const { commands, events } = await desk.about();
    for (const name of commands) expect(COMMAND_WORDS[name]).toBeTruthy();
    for (const name of events) expect(EVENT_WORDS[name]).toBeTruthy();
    expect(box('Quantity')).toBeTruthy();
  });
});
