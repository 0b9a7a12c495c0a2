// The newest state, for components to read. It moves one part of the screen a frame; what has not changed
// stays the same object, so that only what shows something new is drawn again.

import type { Backend } from '../backend/backend';
import type {
  DeskStanding,
  DeskStatus,
  InstrumentRow,
  PhantomRow,
  PositionRow,
  QuoteRow,
  TradeRow,
  WorkingRow,
} from '../backend/types';
import { changedParts, openCount } from '../core/changed_parts';
import type { DeskState } from '../core/desk_state';
import { Feed, RETRY_MS } from '../core/feed';
import { OncePerFrame } from '../core/frame';
import { OrderLog } from '../core/order_log';
import { type Part, PARTS, Turns } from '../core/turns';

export class DeskView {
  positions = $state.raw<readonly PositionRow[]>([]);
  working = $state.raw<readonly WorkingRow[]>([]);
  phantoms = $state.raw<readonly PhantomRow[]>([]);
  quotes = $state.raw<readonly QuoteRow[]>([]);
  /** How the desk stood when the prices of the list came: what their age is told by. */
  statusAtPrices = $state.raw<DeskStatus | null>(null);
  /** The same for the prices of the ticket, which move in a frame of their own. */
  statusAtTicket = $state.raw<DeskStatus | null>(null);
  status = $state.raw<DeskStatus | null>(null);
  /** Contracts with a position, and working orders, as the header counts them: counted from the tables they
      would move in the tables' frame, far from the rest of the header. */
  openCount = $state(0);
  workingCount = $state(0);
  standing = $state.raw<DeskStanding | null>(null);
  trades = $state.raw<readonly TradeRow[]>([]);
  instruments = $state.raw<readonly InstrumentRow[]>([]);
  /** Null while the screen is live; otherwise why it is not. */
  notLive = $state<string | null>('reading the desk');

  #log = $state.raw(new OrderLog());
  #logVersion = $state(0);
  readonly #byName = $derived(
    new Map(this.instruments.flatMap((row) => [[row.alias, row] as const, [row.symbol, row] as const])),
  );
  #ticketQuotes = $state.raw<readonly QuoteRow[]>([]);
  readonly #quoteBySymbol = $derived(new Map(this.#ticketQuotes.map((row) => [row.symbol, row] as const)));
  readonly #feed: Feed;
  readonly #turns = new Turns();
  readonly #nextTurn = new OncePerFrame((framed) => this.#draw(framed));
  #newest: DeskState | null = null;
  #ended = false;

  constructor(private readonly backend: Backend) {
    this.#feed = new Feed(backend, {
      show: (state, framed) => this.#show(state, framed),
      live: (is, why) => {
        this.notLive = is ? null : why;
        if (!is) return;
        // A new snapshot may come from another desk, with other contracts and another account: it is shown
        // whole, so that no frame mixes two of them.
        this.#newest = null;
        void this.#readInstruments();
      },
    });
  }

  /** The order log, which grows in place: whoever reads it here reads it again when it has changed. */
  get log(): OrderLog {
    void this.#logVersion;
    return this.#log;
  }

  start(): void {
    void this.#feed.start().catch(() => {
      this.notLive = 'the desk does not answer';
    });
  }

  end(): void {
    this.#ended = true;
    this.#nextTurn.stop();
    this.#feed.stop();
  }

  /** By root or alias. */
  instrument(symbol: string): InstrumentRow | null {
    return this.#byName.get(symbol) ?? null;
  }

  /** The quote of an instrument, by its root. */
  quote(root: string): QuoteRow | null {
    return this.#quoteBySymbol.get(root) ?? null;
  }

  decimals(symbol: string): number {
    return this.instrument(symbol)?.decimals ?? 2;
  }

  async #readInstruments(): Promise<void> {
    try {
      this.instruments = await this.backend.instruments();
    } catch {
      if (!this.#ended) setTimeout(() => void this.#readInstruments(), RETRY_MS);
    }
  }

  #show(state: DeskState, framed: boolean): void {
    const before = this.#newest;
    this.#newest = state;
    if (before === null) {
      this.#turns.add(PARTS);
    } else {
      const { news, market } = changedParts(before, state, this.#logVersion);
      this.#turns.add(news);
      this.#turns.addCalm(market);
    }
    // The first picture of a snapshot is one.
    if (before === null) this.#draw(false);
    else if (!this.#nextTurn.isAsked) this.#draw(framed);
  }

  /** The part whose turn it is; everything where there are no frames. */
  #draw(framed: boolean): void {
    const state = this.#newest;
    if (state === null) return;
    const nowMs = performance.now();
    for (const part of framed ? this.#turns.next(nowMs) : this.#turns.all(nowMs)) this.#take(part, state);
    if (this.#turns.areDue(nowMs)) this.#nextTurn.ask();
  }

  #take(part: Part, state: DeskState): void {
    switch (part) {
      case 'LOG':
        this.#log = state.log;
        this.#logVersion = state.log.version;
        this.trades = state.trades;
        return;
      case 'POSITIONS':
        this.positions = state.positions;
        return;
      case 'ORDERS':
        this.working = state.working;
        this.phantoms = state.phantoms;
        return;
      case 'HEAD':
        this.status = state.desk;
        this.standing = state.standing;
        this.openCount = openCount(state);
        this.workingCount = state.working.length;
        return;
      case 'TICKET':
        this.#ticketQuotes = state.quotes;
        this.statusAtTicket = state.desk;
        return;
      case 'PRICES':
        this.quotes = state.quotes;
        this.statusAtPrices = state.desk;
    }
  }
}
