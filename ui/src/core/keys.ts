// The keys of the window. Buying and selling have none.

export interface KeyCommand {
  id: 'FLATTEN_ALL' | 'SETTINGS' | 'KEY_LIST';
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

export const KEY_COMMANDS: readonly KeyCommand[] = [FLATTEN_KEY, SETTINGS_KEY, KEY_LIST_KEY];

/** Keys that fields have of their own. */
export const FIELD_KEYS: readonly { keys: string; does: string }[] = [
  { keys: 'Tab', does: 'Goes on to the next field or button, with Shift to the one before.' },
  { keys: 'Enter, Space', does: 'Presses the button that has the focus, Buy and Sell too. A held key presses once.' },
  { keys: '↑ ↓', does: 'Price fields: one tick. Quantity: one contract.' },
  { keys: 'Shift+↑ ↓', does: 'Price fields: ten ticks.' },
  { keys: 'Esc', does: 'Closes a dialog. It never sends anything.' },
];
