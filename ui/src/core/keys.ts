// The keys of the window: what each does, which it has, and which it may have. Those that trade work only
// while they are switched on; flatten all always works.

export type KeyId =
  | 'FLATTEN_ALL'
  | 'BUY'
  | 'SELL'
  | 'CANCEL_ENTRIES'
  | 'CLOSE_INSTRUMENT'
  | 'BREAK_EVEN'
  | 'LIMIT_UP'
  | 'LIMIT_DOWN'
  | 'SETTINGS'
  | 'KEY_LIST';

/** What a key needs before it does anything. */
export type KeyKind =
  /** Always works: in fields, under dialogs, switched off or not. */
  | 'SAFETY'
  /** Sends an order or changes one: only while the keys are on, not in a field, not under a dialog. */
  | 'TRADE'
  /** Changes only what is on the ticket: not in a field, not under a dialog. */
  | 'TICKET'
  /** Opens something. */
  | 'WINDOW';

export interface KeyCommand {
  id: KeyId;
  kind: KeyKind;
  /** What a new install has, as the key library writes it. */
  binding: string;
  does: string;
}

const TRADE_NOTE = 'only while order keys are on (a switch on the ticket), and not in a field or under a dialog.';

export const KEY_COMMANDS: readonly KeyCommand[] = [
  {
    id: 'FLATTEN_ALL',
    kind: 'SAFETY',
    binding: '$mod+Shift+KeyF',
    does: 'Flatten all: cancels every working order and closes every position. Works in fields and under dialogs, once per press.',
  },
  { id: 'BUY', kind: 'TRADE', binding: 'Control+Alt+KeyB', does: `Presses Buy, ${TRADE_NOTE}` },
  { id: 'SELL', kind: 'TRADE', binding: 'Control+Alt+KeyS', does: `Presses Sell, ${TRADE_NOTE}` },
  { id: 'CANCEL_ENTRIES', kind: 'TRADE', binding: '$mod+Shift+KeyX', does: `Cancels every working entry, ${TRADE_NOTE}` },
  { id: 'CLOSE_INSTRUMENT', kind: 'TRADE', binding: '$mod+Shift+KeyC', does: `Closes the position of the ticket's symbol, ${TRADE_NOTE}` },
  { id: 'BREAK_EVEN', kind: 'TRADE', binding: '$mod+Shift+KeyE', does: `Moves the stops of the ticket's symbol to the entry, ${TRADE_NOTE}` },
  { id: 'LIMIT_UP', kind: 'TICKET', binding: '$mod+ArrowUp', does: 'Limit price one tick up.' },
  { id: 'LIMIT_DOWN', kind: 'TICKET', binding: '$mod+ArrowDown', does: 'Limit price one tick down.' },
  { id: 'SETTINGS', kind: 'WINDOW', binding: '$mod+Comma', does: 'Opens the settings.' },
  { id: 'KEY_LIST', kind: 'WINDOW', binding: 'F1', does: 'Opens and closes this list.' },
];

/** Which key each command has; empty for none. */
export type KeyMap = Readonly<Record<KeyId, string>>;

export function defaultKeys(): KeyMap {
  return Object.fromEntries(KEY_COMMANDS.map(({ id, binding }) => [id, binding])) as KeyMap;
}

export function commandOf(id: KeyId): KeyCommand {
  const found = KEY_COMMANDS.find((command) => command.id === id);
  if (found === undefined) throw new Error(`no key command ${id}`);
  return found;
}

const NAMES: Readonly<Record<string, string>> = { $mod: 'Ctrl', Control: 'Ctrl', Comma: ',', ArrowUp: '↑', ArrowDown: '↓' };

/** As a person reads it: `Ctrl+Alt+B`. */
export function keyText(binding: string): string {
  return binding === '' ? 'none' : binding.split('+').map(partText).join('+');
}

function partText(part: string): string {
  return NAMES[part] ?? part.replace(/^(Key|Digit)(?=.)/, '');
}

/** As assistive technology reads it. */
export function keyAria(binding: string): string | undefined {
  if (binding === '') return undefined;
  return binding
    .split('+')
    .map((part) => (part === '$mod' ? 'Control' : part.replace(/^(Key|Digit)(?=.)/, '')))
    .join('+');
}

const MODIFIER_CODES = /^(Control|Shift|Alt|Meta|AltGraph)/;

/** The binding that a key press stands for, or null while only modifiers are down. */
export function bindingOf(event: Pick<KeyboardEvent, 'code' | 'key' | 'ctrlKey' | 'altKey' | 'shiftKey' | 'metaKey'>): string | null {
  if (MODIFIER_CODES.test(event.key) || event.code === '') return null;
  const parts = [event.ctrlKey && '$mod', event.altKey && 'Alt', event.shiftKey && 'Shift', event.metaKey && 'Meta', event.code];
  return parts.filter((part) => part !== false).join('+');
}

/** Keys that the system, the web view or a text field has for itself. */
const TAKEN: Readonly<Record<string, string>> = {
  '$mod+KeyC': 'copies',
  '$mod+KeyV': 'pastes',
  '$mod+KeyX': 'cuts',
  '$mod+KeyA': 'selects all',
  '$mod+KeyZ': 'undoes typing',
  '$mod+KeyQ': 'quits',
  '$mod+KeyW': 'closes windows',
  '$mod+KeyR': 'reloads pages',
  '$mod+KeyP': 'prints',
  '$mod+KeyF': 'finds',
  '$mod+Alt+Delete': "is the system's",
  'Alt+F4': 'closes windows',
  'Alt+Tab': 'changes windows',
  F5: 'reloads pages',
  F11: 'fills the screen',
  F12: 'opens developer tools',
};

/** Why this command may not have this key, or null. */
export function keyFault(id: KeyId, binding: string, keys: KeyMap): string | null {
  const plain = normal(binding);
  const taken = Object.entries(TAKEN).find(([key]) => normal(key) === plain);
  if (taken !== undefined) return `${keyText(binding)} ${taken[1]}`;
  const other = KEY_COMMANDS.find((command) => command.id !== id && normal(keys[command.id]) === plain);
  if (other !== undefined) return `${keyText(binding)} is taken: ${other.does}`;
  const { kind } = commandOf(id);
  const modifiers = binding.split('+').length - 1;
  if ((kind === 'TRADE' || kind === 'SAFETY') && modifiers < 2) return 'A key that trades needs two of Ctrl, Alt and Shift';
  if (modifiers === 0 && !/^F\d+$/.test(binding)) return 'A letter alone would be typed by accident: add Ctrl or Alt';
  return null;
}

/** One spelling for the same keys, whatever their order. */
function normal(binding: string): string {
  const parts = binding.replace('Control', '$mod').split('+');
  const key = parts.pop() ?? '';
  return [...parts.sort(), key].join('+');
}

/** Keys that fields have of their own. */
export const FIELD_KEYS: readonly { keys: string; does: string }[] = [
  { keys: 'Ctrl+1…5', does: 'Puts the first to the fifth quantity on the ticket.' },
  { keys: 'Tab', does: 'Goes on to the next field or button, with Shift to the one before.' },
  { keys: 'Enter, Space', does: 'Presses the button that has the focus, Buy and Sell too. A held key presses once.' },
  { keys: '↑ ↓', does: 'Price fields: one tick. Quantity: one contract. With Shift ten ticks, Page up and down forty.' },
  { keys: 'Esc', does: 'Disarms, puts an editor away, closes a dialog. It never sends anything.' },
];
