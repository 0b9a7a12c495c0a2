// The newest state, for components to read. It moves once per frame; what has not changed stays the
// same object, so that only what shows something new is drawn again.

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
import type { DeskState } from '../core/desk_state';
import { Feed, RETRY_MS } from '../core/feed';
import { OrderLog } from '../core/order_log';

export class DeskView {
  positions = $state.raw<readonly PositionRow[]>([]);
  working = $state.raw<readonly WorkingRow[]>([]);
  phantoms = $state.raw<readonly PhantomRow[]>([]);
  quotes = $state.raw<readonly QuoteRow[]>([]);
  status = $state.raw<DeskStatus | null>(null);
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
  readonly #quoteBySymbol = $derived(new Map(this.quotes.map((row) => [row.symbol, row] as const)));
  readonly #feed: Feed;
  #ended = false;

  constructor(private readonly backend: Backend) {
    this.#feed = new Feed(backend, {
      show: (state) => this.#show(state),
      live: (is, why) => {
        this.notLive = is ? null : why;
        // A new snapshot may come from another desk, with other contracts.
        if (is) void this.#readInstruments();
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

  #show(state: DeskState): void {
    this.#log = state.log;
    this.#logVersion = state.log.version;
    this.positions = state.positions;
    this.working = state.working;
    this.phantoms = state.phantoms;
    this.quotes = state.quotes;
    this.status = state.desk;
    this.standing = state.standing;
    this.trades = state.trades;
  }
}
