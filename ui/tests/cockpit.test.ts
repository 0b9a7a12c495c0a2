import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { nextUnit, type PnlUnit, showPnl, timeInTrade } from '../src/core/pnl';
import { quoteAge } from '../src/core/quote_age';
import { formOf, readForm } from '../src/core/settings_form';
import { type OrderGround, unusual } from '../src/core/unusual';
import { SCRIPTED_SETTINGS } from '../src/backend/scripted/settings';
import { instrumentRows } from '../src/backend/scripted/glance';
import { Preferences } from '../src/state/preferences.svelte';
import { STATUS } from './rows';
import { TWIN_MS } from '../src/core/press_guard';
import { box, button, buyOne, choose, gateSays, moment, open, openSettings, type } from './window';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  localStorage.clear();
});

const NQ = instrumentRows().find((row) => row.symbol === 'NQ');
if (NQ === undefined) throw new Error('no NQ');

describe('the age of a price', () => {
  const at = STATUS.marketTime ?? '';
  const later = (ms: number) => new Date(Date.parse(at) + ms).toISOString();
  const state = (marketTime: string, change = {}, live = true) => quoteAge({ at }, { ...STATUS, marketTime, ...change }, live).state;

  it('is told on the market clock, and a quiet market is no alarm', () => {
    expect([state(at), state(later(1_000)), state(later(1_001)), state(later(60_000)), state(later(60_001))]).toEqual([
      'FRESH', 'FRESH', 'QUIET', 'QUIET', 'STALE',
    ]);
  });

  it('strikes out what a dead feed, the end of a file or a lost screen leaves', () => {
    expect([state(at, { blind: true }), state(at, { feed: 'ENDED' }), state(at, { feed: 'SILENT' }), state(at, {}, false)]).toEqual(
      Array.from({ length: 4 }, () => 'STALE'),
    );
    expect(quoteAge({ at: null }, STATUS, true).state).toBe('NONE');
  });
});

describe('open profit', () => {
  const shown = (money: string | null, unit: PnlUnit, qty: number, firstRisk: string | null = null) => showPnl({ money, qty, firstRisk }, unit, NQ);

  it('is shown in money, in ticks or in points of one contract', () => {
    expect([shown('-20.00', 'USD', 2), shown('-20.00', 'TICKS', 2), shown('-20.00', 'POINTS', 2)]).toEqual([
      '\u221220.00', '\u22122.0 t', '\u22120.50 pt',
    ]);
    expect([shown('15.00', 'TICKS', 2), shown('15.00', 'POINTS', 2)]).toEqual(['+1.5 t', '+0.375 pt']);
    expect([shown(null, 'TICKS', 1), shown('0.00', 'TICKS', 1), shown('5.00', 'TICKS', 0)]).toEqual(['\u2013', '0.0 t', '+5.00']);
    expect([nextUnit('USD'), nextUnit('TICKS'), nextUnit('POINTS'), nextUnit('R')]).toEqual(['TICKS', 'POINTS', 'R', 'USD']);
  });

  it('is shown in what the first stops would have lost, and as nothing where a lot had none', () => {
    expect([shown('150.00', 'R', 2, '200.00'), shown('-200.00', 'R', 2, '200.00'), shown('0.00', 'R', 2, '200.00')]).toEqual([
      '+0.75 R', '\u22121.00 R', '0.00 R',
    ]);
    // Half a hundredth goes away from zero, either way.
    expect([shown('0.50', 'R', 1, '100.00'), shown('-0.50', 'R', 1, '100.00')]).toEqual(['+0.01 R', '\u22120.01 R']);
    expect([shown('150.00', 'R', 2), shown('150.00', 'R', 2, '0.00'), shown('5.00', 'R', 0, null)]).toEqual(['\u2013', '\u2013', '+5.00']);
  });

  it('keeps its unit R when the stop moves', async () => {
    const { desk } = await open();
    void desk.placeBuy({ symbol: 'NQ', qty: 2, type: 'MARKET', stopTicks: 40 });
    desk.advance(1_000);
    const risk = async () => (await desk.snapshot()).positions.find((row) => row.symbol === 'NQ')?.firstRisk;
    // 40 ticks of 5 dollars for two contracts.
    expect(await risk()).toBe('400.00');
    await desk.protect({ whom: { kind: 'LOT', lot: 'L0' }, stop: { kind: 'AWAY', ticks: 20 } });
    expect(await risk()).toBe('400.00');
    void desk.placeBuy({ symbol: 'NQ', qty: 1, type: 'MARKET' });
    desk.advance(1_000);
    expect(await risk()).toBeNull();
  });

  it('comes with the time in trade', () => {
    expect(timeInTrade('2026-11-23T14:30:00Z', '2026-11-23T14:42:03Z')).toBe('12:03');
    expect(timeInTrade('2026-11-23T14:30:00Z', '2026-11-23T15:42:03Z')).toBe('1:12:03');
    expect(timeInTrade(null, '2026-11-23T15:42:03Z')).toBe('\u2013');
  });

  it('changes its unit and its price with a press, and remembers', async () => {
    const { desk } = await open();
    await buyOne(desk);
    const table = screen.getByRole('table', { name: 'Positions' });
    expect(screen.getByText(/in trade NQ 0:0/)).toBeTruthy();
    await fireEvent.click(within(table).getByRole('button', { name: 'Open' }));
    await waitFor(() => expect(table.textContent).toMatch(/\d t/));
    const before = table.textContent;
    await fireEvent.click(button('Open at bid and ask'));
    await waitFor(() => expect(table.textContent).not.toBe(before));
    expect([new Preferences().pnlUnit, new Preferences().pnlBasis]).toEqual(['TICKS', 'QUOTE']);
  });
});

describe('an unusual order', () => {
  const quote = { symbol: 'NQ', last: '21000.00', bid: '20999.75', ask: '21000.25', at: null };
  const draft = { symbol: 'NQ', qty: '1', type: 'LIMIT' as const, price: '21000.00', stop: { unit: 'PRICE' as const, text: '' }, target: { unit: 'PRICE' as const, text: '' }, trail: '' };
  const ground: OrderGround = { draft, side: 'BUY', quote, instrument: NQ, usualMax: 10, twinMs: null, flatInS: null };
  const words = (change: Partial<OrderGround>, edit: Partial<typeof draft> = {}) => unusual({ ...ground, draft: { ...draft, ...edit }, ...change });

  it('is larger than usual, through or far from the market, a twin, or late', () => {
    expect(words({})).toEqual([]);
    expect(words({}, { qty: '11' })).toEqual(['11 is more than the largest of your five quantities, 10']);
    expect(words({}, { price: '21002.25' })).toEqual([]);
    expect(words({}, { price: '21002.50' })).toEqual(['its limit is 9 ticks through the market']);
    expect(words({ side: 'SELL' }, { price: '20997.50' })).toEqual(['its limit is 9 ticks through the market']);
    expect(words({}, { price: '20000.00' })).toEqual([]);
    expect(words({}, { price: '2100.00' })).toEqual(['its limit is more than 10 % away from the market']);
    expect(words({ twinMs: 1_999 })).toEqual(['the very same order went out just now']);
    expect([words({ twinMs: 2_000 }), words({ flatInS: 300 }), words({ flatInS: 299 }).length]).toEqual([[], [], 1]);
  });

  it('takes one press more, with the reason, even with one click on; an exit never does', async () => {
    const { desk, buy, sell } = await open();
    await type('Quantity', '12');
    await gateSays(/Buy: 12 NQ are 12 minis/);
    await fireEvent.click(button('Buy'));
    await gateSays(/Buy: ARMED: press again to send, Esc to leave it\. Unusual: 12 is more than the largest of your five quantities, 10/);
    expect(buy).not.toHaveBeenCalled();
    await fireEvent.click(button('Buy'));
    expect(buy).toHaveBeenCalledTimes(1);
    await type('Quantity', '1');
    await gateSays(/Buy: allowed/);
    await moment(TWIN_MS);
    await buyOne(desk);
    await type('Quantity', '12');
    await gateSays(/Sell: 12 would turn/);
    await fireEvent.click(button('Sell'));
    expect(sell).toHaveBeenCalledTimes(1);
  });
});

describe('the hand', () => {
  it('sends as the button goes down where that was chosen, and once', async () => {
    localStorage.setItem('phantom-desk.send-on', 'DOWN');
    const { buy } = await open();
    await fireEvent.pointerDown(button('Buy'), { button: 0 });
    await fireEvent.click(button('Buy'), { detail: 1 });
    expect(buy).toHaveBeenCalledTimes(1);
  });

  it('finds what it keeps for a symbol on the ticket, and its quantity again after a fill', async () => {
    localStorage.setItem('phantom-desk.reset-quantity', 'on');
    localStorage.setItem('phantom-desk.ticket-defaults', JSON.stringify({ ES: { qty: '2', stopTicks: '12', targetTicks: 'x' } }));
    const { desk } = await open();
    await choose('Symbol', 'ES');
    await waitFor(() => expect((box('Quantity') as HTMLInputElement).value).toBe('2'));
    expect([(box('Stop loss, ticks') as HTMLInputElement).value, (box('Take profit, ticks') as HTMLInputElement).value]).toEqual(['12', '']);
    await type('Quantity', '1');
    await gateSays(/Buy: allowed/);
    await fireEvent.click(button('Buy'));
    desk.advance(1_000);
    await waitFor(() => expect((box('Quantity') as HTMLInputElement).value).toBe('2'));
  });

  it('keeps its habits in the settings, and nothing that is no number', async () => {
    await open();
    const dialog = await openSettings();
    await fireEvent.change(within(dialog).getByRole('textbox', { name: 'Stop, ticks of ENQ' }), { target: { value: '40' } });
    await fireEvent.change(within(dialog).getByRole('textbox', { name: 'Quantity of ENQ' }), { target: { value: 'many' } });
    expect(new Preferences().defaultsOf('NQ')).toEqual({ qty: '', stopTicks: '40', targetTicks: '' });
  });
});

describe('not flat', () => {
  it('has one press for each position, and the number to call', async () => {
    localStorage.setItem('phantom-desk.broker-phone', '+1 312 555 0100');
    const { desk } = await open({ exitsStayOpen: true });
    await buyOne(desk);
    await fireEvent.click(button('Flatten all'));
    desk.advance(4_000);
    await screen.findByRole('heading', { name: /NOT FLAT/ });
    expect(screen.getByText("Broker's desk: +1 312 555 0100")).toBeTruthy();
    const close = vi.spyOn(desk, 'closePosition');
    await fireEvent.click(button('Sell 1 NQ at the market'));
    expect(close).toHaveBeenCalledWith('NQ', 'ALL');
  });
});

describe('settings of the desk', () => {
  it('keep what becomes of a passed stop, and leave out what is standard', () => {
    const form = formOf(SCRIPTED_SETTINGS);
    const standard = readForm(form);
    expect(standard.kind === 'SETTINGS' && standard.settings.trading).toEqual(SCRIPTED_SETTINGS.trading);
    const other = readForm({ ...form, passedPolicy: 'ASK', flattenWaitMs: '0', disasterTicks: '40' });
    expect(other.kind === 'SETTINGS' && other.settings.trading).toMatchObject({
      passedPolicy: 'ASK',
      handling: { bandTicks: 20, bandBasisPoints: 50, clip: 1_000, flattenWaitMs: 0, disasterTicks: 40 },
    });
    const wrong = readForm({ ...form, bandTicks: '3' });
    expect(wrong.kind === 'FAULTS' && Object.keys(wrong.faults)).toEqual(['trading.handling.bandTicks']);
    const tooFar = readForm({ ...form, disasterTicks: '10001' });
    expect(tooFar.kind === 'FAULTS' && Object.keys(tooFar.faults)).toEqual(['trading.handling.disasterTicks']);
  });
});

describe('the key list', () => {
  it('is printed with a press', async () => {
    const print = vi.fn();
    Object.assign(window, { print });
    await open();
    await fireEvent.click(button('Keys'));
    await fireEvent.click(await screen.findByRole('button', { name: 'Print' }));
    expect(print).toHaveBeenCalledTimes(1);
  });
});
