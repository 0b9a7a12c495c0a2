// The keys of the window at work. Keys that trade are off at the start and whenever the trader has looked
// away: another window, a screen that is not live. Only the trader switches them on. Every press says for a
// moment what it did, or why it did nothing.

import type { Backend } from '../backend/backend';
import type { Side } from '../backend/types';
import { commandOf, defaultKeys, KEY_COMMANDS, type KeyId, type KeyMap, keyText } from '../core/keys';
import { toBreakEven } from '../core/protect_form';
import { refusalWords } from '../core/reasons';
import { stepPrice } from '../core/tick';
import type { DeskView } from './desk_view.svelte';
import type { Ticket } from './ticket.svelte';

const FIELDS = 'input, select, textarea, [contenteditable]';
/** Two presses closer together than this are one slip of the hand. */
export const GAP_MS = 250;
/** How long a press is shown. */
const SHOWN_MS = 2_000;
const STORED = 'phantom-desk.keys';

export interface KeyNews {
  keys: string;
  words: string;
}

export class OrderKeys {
  on = $state(false);
  /** Keys that trade only say what they would do. Flatten all works all the same. */
  practice = $state(false);
  /** A key is being recorded: no press does anything, but for flatten all. */
  recording = $state(false);
  keys = $state.raw<KeyMap>(stored());
  news = $state.raw<KeyNews | null>(null);

  #lastAtMs = -Infinity;
  /** The key of the last command is still down. */
  #held: string | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly backend: Backend,
    private readonly desk: DeskView,
    private readonly ticket: Ticket,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  setKey(id: KeyId, binding: string): void {
    this.keys = { ...this.keys, [id]: binding };
    store(this.keys);
  }

  resetKeys(): void {
    this.keys = defaultKeys();
    store(this.keys);
  }

  /** A key came up again. */
  released(event: KeyboardEvent): void {
    if (event.code === this.#held) this.#held = null;
  }

  /** A press of a key that trades or that changes the ticket. */
  press(id: KeyId, event: KeyboardEvent, dialogOpen: boolean): void {
    const { kind } = commandOf(id);
    const why = this.#ignored(kind === 'TRADE', event, dialogOpen);
    if (why !== null) {
      if (this.on || kind !== 'TRADE') this.#tell(id, `ignored: ${why}`);
      return;
    }
    event.preventDefault();
    this.#lastAtMs = this.nowMs();
    this.#held = event.code;
    if (this.practice && kind === 'TRADE') this.#tell(id, 'practice: nothing was sent');
    else void this.#carryOut(id);
  }

  /** In the order in which a slip is likeliest. */
  #ignored(trades: boolean, event: KeyboardEvent, dialogOpen: boolean): string | null {
    if (this.backend.kind === 'SHELL' && !event.isTrusted) return 'not pressed by hand';
    if (event.repeat) return 'a held key';
    if (event.isComposing) return 'text is being composed';
    if (trades && !this.on) return 'order keys are off';
    if (dialogOpen) return 'a dialog is open';
    if (event.target instanceof Element && event.target.closest(FIELDS) !== null) return 'typed into a field';
    if (!trades) return null;
    if (this.#held === event.code) return 'the key has not come up since';
    return this.nowMs() - this.#lastAtMs < GAP_MS ? 'too soon after the last' : null;
  }

  async #carryOut(id: KeyId): Promise<void> {
    const symbol = this.desk.instrument(this.ticket.symbol)?.symbol ?? this.ticket.symbol;
    switch (id) {
      case 'BUY':
      case 'SELL':
        return this.#side(id, id);
      case 'LIMIT_UP':
      case 'LIMIT_DOWN':
        return this.#stepLimit(id === 'LIMIT_UP' ? 1 : -1);
      case 'CANCEL_ENTRIES':
        return this.#attempt(id, () => this.#cancelEntries());
      case 'CLOSE_INSTRUMENT':
        return this.#attempt(id, async () => {
          const answer = await this.backend.closePosition(symbol, 'ALL');
          return answer.reason === null ? `${answer.orderId} closes ${symbol}` : refusalWords(answer.reason, answer.message);
        });
      case 'BREAK_EVEN':
        return this.#attempt(id, async () => {
          const answer = await this.backend.protect(toBreakEven({ kind: 'POSITION', symbol }, 0));
          return answer.accepted ? `${symbol} goes to break-even` : refusalWords(answer.reason, answer.message);
        });
      case 'FLATTEN_ALL':
      case 'SETTINGS':
      case 'KEY_LIST':
        return;
    }
  }

  #side(id: KeyId, side: Side): void {
    const before = this.ticket.sending.armed;
    this.ticket.press(side);
    const armed = this.ticket.sending.armed === side && before !== side;
    this.#tell(id, armed ? 'armed: press again to send' : 'pressed');
  }

  #stepLimit(count: number): void {
    const instrument = this.desk.instrument(this.ticket.symbol);
    if (instrument === null || this.ticket.type !== 'LIMIT' || this.ticket.price.trim() === '') return;
    this.ticket.price = stepPrice(this.ticket.price, count, instrument);
  }

  async #cancelEntries(): Promise<string> {
    const entries = this.desk.working.filter((row) => !row.reduces && !row.cancelling);
    const asked = await Promise.allSettled(entries.map((row) => this.backend.cancelOrder(row.orderId)));
    const done = asked.filter((it) => it.status === 'fulfilled').length;
    return entries.length === 0 ? 'no entry is working' : `cancel of ${done} of ${entries.length} asked for`;
  }

  async #attempt(id: KeyId, what: () => Promise<string>): Promise<void> {
    try {
      this.#tell(id, await what());
    } catch (thrown) {
      this.#tell(id, `not done: ${thrown instanceof Error ? thrown.message : JSON.stringify(thrown)}`);
    }
  }

  #tell(id: KeyId, words: string): void {
    this.news = { keys: keyText(this.keys[id]), words };
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.news = null), SHOWN_MS);
  }
}

function store(keys: KeyMap): void {
  try {
    localStorage.setItem(STORED, JSON.stringify(keys));
  } catch {
    // A window without storage starts with the keys of a new install.
  }
}

/** What was stored, where it still makes sense; a new install's keys for the rest. */
function stored(): KeyMap {
  const keys: Record<string, string> = { ...defaultKeys() };
  try {
    const found: unknown = JSON.parse(localStorage.getItem(STORED) ?? '{}');
    for (const { id } of KEY_COMMANDS) {
      const binding = typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[id] : undefined;
      if (typeof binding === 'string') keys[id] = binding;
    }
  } catch {
    // Text that is no key map is none.
  }
  return keys as KeyMap;
}
