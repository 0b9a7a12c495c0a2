import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BackendFault } from '../src/backend/backend';
import { SCRIPTED_SETTINGS } from '../src/backend/scripted/settings';
import { FIELD_NAMES, formOf, readForm, type SettingsForm } from '../src/core/settings_form';
import { openWords } from '../src/core/words';
import { box, button, buyOne, open, openSettings, type } from './window';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  localStorage.clear();
});

const FORM = formOf(SCRIPTED_SETTINGS);

describe('the settings form', () => {
  it('gives back what it was made of', () => {
    expect(readForm(FORM)).toEqual({ kind: 'SETTINGS', settings: SCRIPTED_SETTINGS });
  });

  it('runs as fast as possible only where there is an end', () => {
    const form: SettingsForm = { ...FORM, asFastAsPossible: true, speed: '7' };
    expect(readForm(form)).toMatchObject({ kind: 'SETTINGS', settings: { mock: { speed: 7 } } });
    const file: SettingsForm = { ...form, speed: 'x', sourceKind: 'FILE', path: 'gold.txt' };
    expect(readForm(file)).toMatchObject({ kind: 'SETTINGS', settings: { mock: { speed: 0 } } });
  });

  it('reads the symbols of the simulated market however they are typed, and none as all of them', () => {
    const read = (symbols: string) => readForm({ ...FORM, symbols });
    expect(read('nq, ES;gc  es')).toMatchObject({ settings: { mock: { symbols: ['NQ', 'ES', 'GC'] } } });
    expect(read(' , ')).toEqual({ kind: 'SETTINGS', settings: SCRIPTED_SETTINGS });
    const chosen = { ...SCRIPTED_SETTINGS, mock: { ...SCRIPTED_SETTINGS.mock, symbols: ['NQ', 'ES'] } };
    expect(formOf(chosen).symbols).toBe('NQ, ES');
    expect(readForm(formOf(chosen))).toEqual({ kind: 'SETTINGS', settings: chosen });
  });

  it.each<[Partial<SettingsForm>, field: string, words: string]>([
    [{ port: 'x' }, 'ninjatrader.port', 'x is not a whole number'],
    [{ port: '65536' }, 'ninjatrader.port', 'Must be from 1 to 65535'],
    [{ host: 'a b' }, 'ninjatrader.host', 'A host name or an address is needed, such as 127.0.0.1'],
    [{ seed: '18446744073709551616' }, 'mock.seed', 'A whole number from 0 to 18446744073709551615 is needed'],
    [{ delayMsMin: '' }, 'mock.delayMsMin', 'A whole number from 0 to 60000 is needed'],
    [{ delayMsMin: '501' }, 'mock.delayMsMin', 'Must not be more than the longest delay'],
    [{ delayMsMax: '60001' }, 'mock.delayMsMax', 'Must be from 0 to 60000'],
    [{ slippageTicksMin: '2' }, 'mock.slippageTicksMin', 'Must not be more than the most slippage'],
    [{ slippageTicksMax: '-1' }, 'mock.slippageTicksMax', '-1 is not a whole number'],
    [{ sourceKind: 'FILE', path: ' ' }, 'mock.source.path', 'The path of a tick file is needed'],
    [{ speed: '0' }, 'mock.speed', 'Must be from 1 to 1000'],
    [{ orderMaxMinis: '0.05' }, 'trading.orderMaxMinis', 'A number from 0.1 to 10000 is needed, such as 5 or 0.5'],
    [{ positionMaxMinis: 'five' }, 'trading.positionMaxMinis', 'A number from 0.1 to 10000 is needed, such as 5 or 0.5'],
    [{ defaultQty: '1001' }, 'trading.defaultQty', 'Must be from 1 to 1000'],
  ])('says what is wrong with a field, and with no other: %j', (change, field, words) => {
    expect(readForm({ ...FORM, ...change })).toEqual({ kind: 'FAULTS', faults: { [field]: words } });
    expect(FIELD_NAMES[field]).toBeTruthy();
  });
});

describe('the settings', () => {
  it('put what is wrong beside its field as it is typed, and save nothing', async () => {
    const { desk } = await open();
    const save = vi.spyOn(desk, 'saveSettings');
    await openSettings();
    await type('Default quantity', 'x');
    expect(screen.getByText('x is not a whole number')).toBeTruthy();
    expect(box('Default quantity').getAttribute('aria-invalid')).toBe('true');
    await fireEvent.click(button('Save'));
    expect(screen.getByText('Not saved. To be corrected: Default quantity.')).toBeTruthy();
    expect(save).not.toHaveBeenCalled();
  });

  it('show what the desk says beside the field that it names, until the field is changed', async () => {
    const { desk } = await open();
    vi.spyOn(desk, 'saveSettings').mockRejectedValue(new BackendFault('settings_invalid', 'no such seed', 'mock.seed'));
    await openSettings();
    await type('Seed', '5');
    await fireEvent.click(button('Save'));
    await waitFor(() => expect(box('Seed').getAttribute('aria-invalid')).toBe('true'));
    expect(screen.getByText('no such seed')).toBeTruthy();
    await type('Seed', '6');
    expect(box('Seed').getAttribute('aria-invalid')).toBe('false');
  });

  it('show honestly that a connection failed, and keep the password all the same', async () => {
    const { desk } = await open();
    const keep = vi.spyOn(desk, 'setPassword');
    await openSettings();
    await fireEvent.click(screen.getByRole('radio', { name: 'NinjaTrader' }));
    await fireEvent.input(screen.getByLabelText('Password', { selector: 'input' }), { target: { value: 'secret' } });
    await fireEvent.click(button('Connect'));
    await waitFor(() =>
      expect(screen.getByRole('status', { name: 'Connection' }).textContent).toContain('Not connected:'),
    );
    expect(keep).toHaveBeenCalledExactlyOnceWith('secret');
    expect(screen.getByRole('status', { name: 'Password' }).textContent).toContain(
      'This computer has no credential store: the password is kept in memory until the app closes.',
    );
    expect(screen.getByLabelText('Password', { selector: 'input' })).toHaveProperty('value', '');
  });

  it('say where the password is when the computer has a store, and keep it with Save too', async () => {
    const { desk } = await open();
    vi.spyOn(desk, 'setPassword').mockResolvedValue({ stored: 'KEYCHAIN' });
    await openSettings();
    await fireEvent.click(screen.getByRole('radio', { name: 'NinjaTrader' }));
    await fireEvent.input(screen.getByLabelText('Password', { selector: 'input' }), { target: { value: 'secret' } });
    await fireEvent.click(button('Save'));
    expect(await screen.findByText("The password is kept in this computer's credential store.")).toBeTruthy();
  });

  it('do not try a connection with settings that are not saved', async () => {
    const { desk } = await open();
    const connect = vi.spyOn(desk, 'connectBroker');
    await openSettings();
    await fireEvent.click(screen.getByRole('radio', { name: 'NinjaTrader' }));
    await type('Port', '0');
    await fireEvent.click(button('Connect'));
    expect(screen.getByRole('status', { name: 'Connection' }).textContent).toContain('Not tried');
    expect(connect).not.toHaveBeenCalled();
  });

  it('say what is open before the switch, and that it was refused after', async () => {
    const { desk } = await open();
    await buyOne(desk);
    await openSettings();
    expect(screen.getByText(/1 position open\. The broker and the market can change once everything is closed/)).toBeTruthy();
    await fireEvent.click(screen.getByRole('radio', { name: 'NinjaTrader' }));
    await fireEvent.click(button('Save'));
    expect(await screen.findByText(/Not saved\. Not possible while positions or orders are open/)).toBeTruthy();
    expect((await desk.getSettings()).broker).toBe('MOCK');
  });

  it('count what is open', () => {
    const row = { symbol: 'NQ', contract: 'NQ 12-26', avgPrice: null, lastPrice: null, unrealizedPnl: null };
    const position = (qty: number) => ({ ...row, qty, realizedPnl: '0.00', fees: '0.00', protectedQty: 0, liquidationPnl: null, firstRisk: null, openedAt: null });
    expect(openWords([position(0)], [])).toBeNull();
    expect(openWords([position(1), position(-2)], [])).toBe('2 positions open.');
  });

  it('have every item of the broker that is chosen', async () => {
    await open();
    const dialog = await openSettings();
    for (const name of ['Seed', 'Shortest delay, ms', 'Longest delay, ms', 'Least slippage, ticks', 'Most slippage, ticks', 'Speed, times the clock', 'Order limit, minis', 'Position limit, minis', 'Default quantity']) {
      expect(within(dialog).getByRole('textbox', { name })).toBeTruthy();
    }
    expect(within(dialog).getByRole('button', { name: 'Pause the market' })).toBeTruthy();
    expect(within(dialog).queryByRole('checkbox', { name: 'As fast as possible' })).toBeNull();
    await fireEvent.click(within(dialog).getByRole('radio', { name: 'Tick file' }));
    expect(within(dialog).getByRole('checkbox', { name: 'As fast as possible' })).toBeTruthy();
    expect(within(dialog).getByRole('textbox', { name: 'Path of the tick file' })).toBeTruthy();
    await fireEvent.click(within(dialog).getByRole('radio', { name: 'NinjaTrader' }));
    for (const name of ['Host', 'Port', 'Account', 'Username']) {
      expect(within(dialog).getByRole('textbox', { name })).toBeTruthy();
    }
    expect(within(dialog).getByLabelText('Password', { selector: 'input[type=password]' })).toBeTruthy();
  });

  it('have the short selling switch once, wherever it is', async () => {
    await open();
    expect(screen.getAllByRole('checkbox', { name: 'Allow short selling' }).length).toBe(1);
    await openSettings();
    expect(screen.getAllByRole('checkbox', { name: 'Allow short selling' }).length).toBe(1);
  });

  it.each([
    ['Light', 'theme', 'light'],
    ['Green / red', 'colours', 'green-red'],
  ])('change the look to %s and remember it', async (choice, what, value) => {
    await open();
    await openSettings();
    expect(document.documentElement.dataset[what]).not.toBe(value);
    await fireEvent.click(screen.getByRole('radio', { name: choice }));
    expect(document.documentElement.dataset[what]).toBe(value);
    expect(localStorage.getItem(`phantom-desk.${what}`)).toBe(value);
    cleanup();
    document.documentElement.removeAttribute(`data-${what}`);
    await open();
    expect(document.documentElement.dataset[what]).toBe(value);
  });
});
