import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { bindingOf, defaultKeys, KEY_COMMANDS, keyAria, keyFault, keyText } from '../src/core/keys';
import { GAP_MS } from '../src/state/order_keys.svelte';
import { button, buyOne, choose, moment, open, openSettings, workOne } from './window';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  localStorage.clear();
});

/** Everything that the Tab key stops at, in its order. */
function stops(): HTMLElement[] {
  const found = document.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, [tabindex]');
  return [...found].filter((element) => element.tabIndex >= 0 && !element.hasAttribute('disabled') && element.closest('[inert]') === null);
}

const nameOf = (element: Element | null | undefined) =>
  element?.getAttribute('aria-label') ?? (element as HTMLInputElement | null)?.labels?.[0]?.textContent?.trim() ?? element?.textContent?.trim();

const BUY = { key: 'b', code: 'KeyB', ctrlKey: true, altKey: true };
const SELL = { key: 's', code: 'KeyS', ctrlKey: true, altKey: true };

describe('the keyboard', () => {
  it('reaches everything, in the order of the work', async () => {
    const { desk } = await open();
    await workOne(desk);
    const names = stops().map(nameOf);
    const wanted = ['Flatten all', 'Symbol', 'Quantity', 'Order type', 'Limit price', 'Stop loss', 'Take profit', 'Allow short selling', 'Buy', 'Sell', 'Cancel T1', 'Filter the log by text', 'Filter the log by action', 'Rows of the order log'];
    const places = wanted.map((name) => names.findIndex((found) => found?.startsWith(name) === true));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    // A refused or busy button can still be reached and read.
    expect(document.querySelector('[disabled]')).toBeNull();
  });

  it('has its keys on the list', async () => {
    await open();
    await fireEvent.click(button('Keys'));
    const list = await screen.findByRole('dialog', { name: 'Keys' });
    for (const { binding } of KEY_COMMANDS) expect(within(list).getByText(keyText(binding))).toBeTruthy();
  });

  it('buys and sells only while the trader has switched that on', async () => {
    const { buy, sell } = await open();
    await fireEvent.keyDown(document.body, BUY);
    expect(buy).not.toHaveBeenCalled();
    await fireEvent.click(button('Order keys off'));
    await fireEvent.keyDown(document.body, { ...BUY, repeat: true });
    await fireEvent.keyDown(screen.getByRole('textbox', { name: 'Quantity' }), BUY);
    expect(buy).not.toHaveBeenCalled();
    await fireEvent.keyDown(document.body, BUY);
    expect(buy).toHaveBeenCalledTimes(1);
    // The same key again before it has come up, and any other too soon, is a slip of the hand.
    await fireEvent.keyDown(document.body, BUY);
    expect(buy).toHaveBeenCalledTimes(1);
    expect(screen.getByRole('status', { name: 'Key' }).textContent).toContain('ignored: the key has not come up since');
    await fireEvent.keyUp(document.body, BUY);
    await fireEvent.keyDown(document.body, SELL);
    expect(sell).not.toHaveBeenCalled();
    expect(screen.getByRole('status', { name: 'Key' }).textContent).toContain('ignored: too soon after the last');
    await moment(GAP_MS);
    await fireEvent.keyDown(document.body, SELL);
    expect(sell).toHaveBeenCalledTimes(1);
  });

  it('neither buys nor sells under a dialog, nor after the window has lost the focus', async () => {
    const { buy } = await open();
    await fireEvent.click(button('Order keys off'));
    await openSettings();
    await fireEvent.keyDown(document.body, BUY);
    await fireEvent.blur(window);
    await fireEvent.click(button('Close'));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(button('Order keys off')).toBeTruthy();
    await fireEvent.keyDown(document.body, BUY);
    expect(buy).not.toHaveBeenCalled();
  });

  it('only says what it would do while the trader practises, and flattens all the same', async () => {
    const { buy, flatten } = await open();
    await fireEvent.click(button('Order keys off'));
    const dialog = await openSettings();
    await fireEvent.click(within(dialog).getByRole('checkbox', { name: /^Practice/ }));
    await fireEvent.click(button('Close'));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await fireEvent.keyDown(document.body, BUY);
    expect(buy).not.toHaveBeenCalled();
    expect(screen.getByRole('status', { name: 'Key' }).textContent).toContain('practice: nothing was sent');
    await fireEvent.keyDown(document.body, { key: 'F', code: 'KeyF', ctrlKey: true, shiftKey: true });
    expect(flatten).toHaveBeenCalledTimes(1);
  });

  it('records another key, unless it is taken; flatten all works even then', async () => {
    const { flatten } = await open();
    const dialog = await openSettings();
    await fireEvent.click(within(dialog).getByRole('button', { name: 'Record the key of Buy' }));
    await fireEvent.keyDown(document.body, { key: 'F', code: 'KeyF', ctrlKey: true, shiftKey: true });
    expect(flatten).toHaveBeenCalledTimes(1);
    expect(within(dialog).getByRole('status', { name: 'Key recorder' }).textContent).toContain('Ctrl+Shift+F is taken');
    await fireEvent.keyDown(document.body, { key: 'k', code: 'KeyK', ctrlKey: true, altKey: true });
    expect(within(dialog).getByRole('status', { name: 'Key recorder' }).textContent).toBe('Buy: Ctrl+Alt+K.');
    await fireEvent.click(button('Close'));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    cleanup();
    const { buy } = await open();
    await fireEvent.click(button('Order keys off'));
    await fireEvent.keyDown(document.body, BUY);
    expect(buy).not.toHaveBeenCalled();
    await fireEvent.keyDown(document.body, { key: 'k', code: 'KeyK', ctrlKey: true, altKey: true });
    expect(buy).toHaveBeenCalledTimes(1);
  });

  it('cancels entries and closes the symbol of the ticket', async () => {
    const { desk } = await open();
    const cancel = vi.spyOn(desk, 'cancelOrder');
    const close = vi.spyOn(desk, 'closePosition');
    await buyOne(desk);
    await workOne(desk);
    await fireEvent.click(button('Order keys off'));
    await fireEvent.keyDown(document.body, { key: 'X', code: 'KeyX', ctrlKey: true, shiftKey: true });
    await waitFor(() => expect(cancel).toHaveBeenCalledExactlyOnceWith('T2'));
    await moment(GAP_MS);
    await fireEvent.keyDown(document.body, { key: 'C', code: 'KeyC', ctrlKey: true, shiftKey: true });
    await waitFor(() => expect(close).toHaveBeenCalledExactlyOnceWith('NQ', 'ALL'));
  });

  it('puts a quantity on the ticket and moves its limit', async () => {
    await open();
    await fireEvent.keyDown(document.body, { key: '4', code: 'Digit4', ctrlKey: true });
    expect(screen.getByRole('textbox', { name: 'Quantity' })).toHaveProperty('value', '5');
    await choose('Order type', 'LIMIT');
    await fireEvent.input(screen.getByRole('textbox', { name: 'Limit price' }), { target: { value: '21000.00' } });
    await fireEvent.keyDown(document.body, { key: 'ArrowUp', code: 'ArrowUp', ctrlKey: true });
    expect(screen.getByRole('textbox', { name: 'Limit price' })).toHaveProperty('value', '21000.25');
  });

  it.each([
    ['BUY', '$mod+KeyC', /copies/],
    ['BUY', 'Shift+$mod+KeyF', /is taken/],
    ['BUY', '$mod+KeyJ', /needs two of/],
    ['KEY_LIST', 'KeyJ', /by accident/],
  ] as const)('refuses keys that would be pressed by accident or are taken: %s %s', (id, binding, words) => {
    expect(keyFault(id, binding, defaultKeys())).toMatch(words);
  });

  it('writes keys as a person and as assistive technology reads them', () => {
    const binding = bindingOf({ key: 'b', code: 'KeyB', ctrlKey: true, altKey: true, shiftKey: false, metaKey: false });
    expect([binding, keyText(binding ?? ''), keyAria(binding ?? '')]).toEqual(['$mod+Alt+KeyB', 'Ctrl+Alt+B', 'Control+Alt+B']);
    expect(bindingOf({ key: 'Control', code: 'ControlLeft', ctrlKey: true, altKey: false, shiftKey: false, metaKey: false })).toBeNull();
    expect([keyText(''), keyText('F1'), keyFault('BUY', 'Control+Alt+KeyB', defaultKeys())]).toEqual(['none', 'F1', null]);
  });

  it('opens the settings with their key', async () => {
    await open();
    await fireEvent.keyDown(document.body, { key: ',', code: 'Comma', ctrlKey: true });
    expect(await screen.findByRole('dialog', { name: 'Settings' })).toBeTruthy();
  });

  it.each(['Settings', 'Keys'])('closes a dialog with Escape and is back where it was: %s', async (name) => {
    await open();
    button(name).focus();
    await fireEvent.click(button(name));
    const dialog = await screen.findByRole('dialog', { name });
    await waitFor(() => expect(dialog.contains(document.activeElement)).toBe(true));
    await fireEvent.keyDown(document.activeElement ?? dialog, { key: 'Escape', code: 'Escape' });
    await waitFor(() => expect(screen.queryByRole('dialog', { name })).toBeNull());
    await waitFor(() => expect(document.activeElement).toBe(button(name)));
  });

  it('is in the panels after a dialog that took the focused field away', async () => {
    await open();
    screen.getByRole('checkbox', { name: 'Allow short selling' }).focus();
    await fireEvent.keyDown(document.body, { key: ',', code: 'Comma', ctrlKey: true });
    const dialog = await screen.findByRole('dialog', { name: 'Settings' });
    await fireEvent.keyDown(dialog, { key: 'Escape', code: 'Escape' });
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await waitFor(() => expect(document.querySelector('main')?.contains(document.activeElement)).toBe(true));
  });

  it('stays in the panel when the row of an ended order goes, on no other button', async () => {
    const { desk } = await open();
    await workOne(desk);
    button('Cancel T1').focus();
    await fireEvent.click(button('Cancel T1'));
    expect(document.activeElement).toBe(button('Cancel T1'));
    desk.advance(100);
    await waitFor(() => expect(screen.getByText('No working orders.')).toBeTruthy());
    const panel = screen.getByRole('table', { name: 'Working orders' }).closest('.panel-body');
    expect(document.activeElement).toBe(panel);
  });

  it('leaves the focus alone when the row of another order goes', async () => {
    const { desk } = await open();
    await workOne(desk);
    // The very same order once more would be asked about.
    await workOne(desk, '19999.00');
    (await screen.findByRole('button', { name: 'Cancel T2' })).focus();
    await desk.cancelOrder('T1');
    desk.advance(100);
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Cancel T1' })).toBeNull());
    expect(document.activeElement).toBe(button('Cancel T2'));
  });

  it('is in the panels when the flatten result is put away', async () => {
    const { desk } = await open();
    await buyOne(desk);
    await fireEvent.click(button('Flatten all'));
    desk.advance(2_000);
    const dismiss = await screen.findByRole('button', { name: 'Dismiss the flatten result' });
    dismiss.focus();
    await fireEvent.click(dismiss);
    expect(document.activeElement?.tagName).toBe('MAIN');
  });

  it('is in the dialog when the flatten result is put away under one', async () => {
    const { desk } = await open();
    await openSettings();
    await fireEvent.click(button('Flatten all'));
    desk.advance(2_000);
    const dismiss = await screen.findByRole('button', { name: 'Dismiss the flatten result' });
    await fireEvent.click(dismiss);
    await moment();
    expect(screen.getByRole('dialog', { name: 'Settings' }).contains(document.activeElement)).toBe(true);
  });

  it('is beside the buttons when the answer to an order is put away, on neither of them', async () => {
    const { desk } = await open();
    await choose('Symbol', 'ES');
    await fireEvent.click(button('Sell'));
    desk.advance(50);
    const dismiss = await screen.findByRole('button', { name: 'Dismiss' });
    dismiss.focus();
    await fireEvent.click(dismiss);
    expect(document.activeElement?.querySelector('[role=status][aria-label=Gate]')).not.toBeNull();
    expect(document.activeElement?.tagName).not.toBe('BUTTON');
  });
});
