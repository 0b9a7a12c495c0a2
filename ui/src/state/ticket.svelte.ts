// The order ticket: what is typed, what the gate says to it, and what became of the last press.

import { type Backend, readFault } from '../backend/backend';
import type { InstrumentRow, OrderType, PlaceAnswer, QuoteRow, Side } from '../backend/types';
import { type Draft, incompleteWords, requestOf } from '../core/draft';
import { OncePerFrame } from '../core/frame';
import { GateQuestions, NO_VERDICTS, type Verdicts } from '../core/gate_questions';
import { type LegInput, NO_LEG } from '../core/leg';
import { PressGuard } from '../core/press_guard';
import { refusalWords } from '../core/reasons';
import { unusual } from '../core/unusual';
import { faultWords } from '../core/words';
import { NO_DEFAULTS, type TicketDefaults } from './preferences.svelte';
import type { Sending } from './sending.svelte';

/** The state of the desk moves verdicts too; they are asked for again this often at most. */
export const ASK_AGAIN_MS = 250;

/** What the ticket is measured against. */
export interface TicketGround {
  quote: QuoteRow | null;
  /** Contracts of the symbol that are held, below zero when short. */
  held: number;
  usualMax: number;
  flatInS: number | null;
  /** What a ticket of this symbol starts with. */
  defaults: TicketDefaults;
  /** Whether the quantity goes back to its default after a fill. */
  resetQty: boolean;
}

const NO_GROUND: TicketGround = {
  quote: null,
  held: 0,
  usualMax: Infinity,
  flatInS: null,
  defaults: NO_DEFAULTS,
  resetQty: false,
};

export interface LastOrder {
  kind: 'SENT' | 'REFUSED' | 'FAULT';
  side: Side;
  text: string;
}

export class Ticket {
  symbol = $state('');
  qty = $state('1');
  type = $state<OrderType>('MARKET');
  price = $state('');
  stop = $state.raw<LegInput>(NO_LEG);
  target = $state.raw<LegInput>(NO_LEG);
  trail = $state('');
  /** What the symbol stands for; money is turned into ticks by it. */
  instrument = $state.raw<InstrumentRow | null>(null);
  verdicts = $state.raw<Verdicts>(NO_VERDICTS);
  onItsWay = $state<Record<Side, boolean>>({ BUY: false, SELL: false });
  last = $state.raw<LastOrder | null>(null);

  ground = $state.raw<TicketGround>(NO_GROUND);

  readonly draft: Draft = $derived({
    symbol: this.symbol,
    qty: this.qty,
    type: this.type,
    price: this.price,
    stop: this.stop,
    target: this.target,
    trail: this.trail,
  });

  /** Why a press cannot send anything, or null. */
  readonly incomplete: string | null = $derived(incompleteWords(this.draft, this.instrument));

  readonly #sent = new Set<string>();
  #newest: { request: string; side: Side; atMs: number } | null = null;
  readonly #guard: PressGuard;
  readonly #questions: GateQuestions;
  readonly #ask = new OncePerFrame(() => this.#askGate());
  #askAgain: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly backend: Backend,
    readonly sending: Sending,
    guard: PressGuard = new PressGuard(),
  ) {
    this.#guard = guard;
    this.#questions = new GateQuestions(backend, (verdicts) => {
      this.verdicts = verdicts;
    });
  }

  /** The order on the ticket has changed: what was armed was another one. */
  edited(): void {
    this.sending.disarm();
    this.changed();
  }

  /** The gate is asked again. */
  changed(): void {
    this.#ask.ask();
  }

  /** The desk has changed, and with it perhaps the verdict. */
  deskChanged(): void {
    if (this.#askAgain !== null) return;
    this.#askAgain = setTimeout(() => {
      this.#askAgain = null;
      this.#ask.ask();
    }, ASK_AGAIN_MS);
  }

  end(): void {
    this.#ask.stop();
    if (this.#askAgain !== null) clearTimeout(this.#askAgain);
    this.#askAgain = null;
  }

  /** Prices belong to one instrument: another one starts without them. */
  choose(symbol: string): void {
    if (symbol === this.symbol) return;
    this.#guard.forget();
    this.symbol = symbol;
    this.price = '';
    this.stop = NO_LEG;
    this.target = NO_LEG;
    this.trail = '';
  }

  /** Another symbol is on the ticket: it starts with what was kept for it. */
  start({ qty, stopTicks, targetTicks }: TicketDefaults): void {
    if (qty !== '') this.qty = qty;
    if (stopTicks !== '') this.stop = { unit: 'TICKS', text: stopTicks };
    if (targetTicks !== '') this.target = { unit: 'TICKS', text: targetTicks };
  }

  /** An order was filled: one of this ticket gives its quantity back, where that is wanted. */
  filled(orderId: string): void {
    const { resetQty, defaults } = this.ground;
    if (this.#sent.delete(orderId) && resetQty && defaults.qty !== '') this.qty = defaults.qty;
  }

  /** What is unusual about a press on this side; nothing for what only closes. */
  unusual(side: Side): string[] {
    const { instrument, ground } = this;
    const closes = this.verdicts[side]?.effect === 'REDUCES' || (side === 'BUY' ? ground.held < 0 : ground.held > 0);
    if (instrument === null || closes) return [];
    return unusual({ ...ground, draft: this.draft, side, instrument, twinMs: this.#twinMs(side) });
  }

  /** Why the desk would refuse a press on this side, or null. */
  refusal(side: Side): string | null {
    const verdict = this.verdicts[side];
    return verdict === null || verdict.allowed ? null : refusalWords(verdict.reason, verdict.message);
  }

  /** Whether a press on this side sends. A refusal that the gate announces does not hinder it. */
  canPress(side: Side): boolean {
    return this.incomplete === null && !this.onItsWay[side];
  }

  /** A press on a side: it sends, or arms the order that stands here for a second press. */
  press(side: Side): void {
    if (!this.canPress(side) || !this.sending.press(side, this.unusual(side).length > 0)) return;
    void this.place(side);
  }

  /**
   * Sends. What the gate would refuse goes too: the desk alone decides, and its log then holds the
   * refused order with the reason.
   */
  async place(side: Side): Promise<void> {
    if (!this.canPress(side) || !this.#guard.press(side)) return;
    this.onItsWay[side] = true;
    this.last = null;
    const order = requestOf(this.draft, this.instrument);
    try {
      const answer = await (side === 'BUY' ? this.backend.placeBuy(order) : this.backend.placeSell(order));
      if (answer.status !== 'REJECTED' && answer.status !== 'FAILED') {
        this.#sent.add(answer.orderId);
        this.#newest = { request: JSON.stringify(order), side, atMs: performance.now() };
      }
      this.last = outcome(side, answer);
    } catch (thrown) {
      this.last = { kind: 'FAULT', side, text: faultWords(readFault(thrown)) };
    } finally {
      this.onItsWay[side] = false;
      this.changed();
    }
  }

  #twinMs(side: Side): number | null {
    const newest = this.#newest;
    const request = JSON.stringify(requestOf(this.draft, this.instrument));
    return newest === null || newest.side !== side || newest.request !== request ? null : performance.now() - newest.atMs;
  }

  #askGate(): void {
    if (this.incomplete === null) void this.#questions.ask(requestOf(this.draft, this.instrument));
  }
}

function outcome(side: Side, answer: PlaceAnswer): LastOrder {
  const name = `${side === 'BUY' ? 'Buy' : 'Sell'} ${answer.orderId}`;
  if (answer.unknown) {
    return {
      kind: 'FAULT',
      side,
      text: `${name}: no answer from the broker yet. The order may be working; it counts until it is known.`,
    };
  }
  switch (answer.status) {
    case 'REJECTED':
      return { kind: 'REFUSED', side, text: `${name} refused by the desk. ${refusalWords(answer.reason, answer.message)}` };
    case 'FAILED':
      return { kind: 'REFUSED', side, text: `${name} failed. ${refusalWords(answer.reason, answer.message)}` };
    case 'ACCEPTED':
      return { kind: 'SENT', side, text: `${name} accepted` };
    default:
      return { kind: 'SENT', side, text: `${name}: ${answer.status.toLowerCase().replaceAll('_', ' ')}` };
  }
}
