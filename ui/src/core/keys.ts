// The keys of the window. Those that buy and sell work only while they are switched on.

import type { Side } from '../backend/types';

export interface KeyCommand {
  id: 'FLATTEN_ALL' | 'SETTINGS' | 'KEY_LIST' | 'BUY' | 'SELL';
  /** As the key library writes it. */
  binding: string;
  /** As a person reads it. */
  keys: string;
  /** As assistive technology reads it. */
  aria: string;
  does: string;
}

export const FLATTEN_KEY: KeyCommand = {
  id: 'FLATTEN_ALL',
  binding: '$mod+Shift+F',
  keys: 'Ctrl+Shift+F',
  aria: 'Control+Shift+F',
  does: 'Flatten all: cancels every working order and closes every position. Works in fields and under dialogs, once per press.',
};

export const KEY_LIST_KEY: KeyCommand = {
  id: 'KEY_LIST',
  binding: 'F1',
  keys: 'F1',
  aria: 'F1',
  does: 'Opens and closes this list.',
};

export const SETTINGS_KEY: KeyCommand = {
  id: 'SETTINGS',
  binding: '$mod+Comma',
  keys: 'Ctrl+,',
  aria: 'Control+Comma',
  does: 'Opens the settings.',
};

const ORDER_KEY_NOTE = 'only while order keys are on (a switch on the ticket), and not in a field or under a dialog.';

export const ORDER_KEYS: Readonly<Record<Side, KeyCommand>> = {
  BUY: {
    id: 'BUY',
    binding: 'Control+Alt+KeyB',
    keys: 'Ctrl+Alt+B',
    aria: 'Control+Alt+B',
    does: `Presses Buy, ${ORDER_KEY_NOTE}`,
  },
  SELL: {
    id: 'SELL',
    binding: 'Control+Alt+KeyS',
    keys: 'Ctrl+Alt+S',
    aria: 'Control+Alt+S',
    does: `Presses Sell, ${ORDER_KEY_NOTE}`,
  },
};

export const KEY_COMMANDS: readonly KeyCommand[] = [
  FLATTEN_KEY,
  ORDER_KEYS.BUY,
  ORDER_KEYS.SELL,
  SETTINGS_KEY,
  KEY_LIST_KEY,
];

/** Keys that fields have of their own. */
export const FIELD_KEYS: readonly { keys: string; does: string }[] = [
  { keys: 'Tab', does: 'Goes on to the next field or button, with Shift to the one before.' },
  { keys: 'Enter, Space', does: 'Presses the button that has the focus, Buy and Sell too. A held key presses once.' },
  { keys: '↑ ↓', does: 'Price fields: one tick. Quantity: one contract.' },
  { keys: 'Shift+↑ ↓', does: 'Price fields: ten ticks.' },
  { keys: 'Esc', does: 'Closes a dialog. It never sends anything.' },
];
