// A desk for a plain browser: a seeded market and a small imitation of the rules, so that the whole
// interface runs without the shell. Nothing here reaches a broker. Same seed, same steps, same state.

import { type Backend, BackendFault, type DeskListener } from './backend';
import { Book, cents, type ScriptedOrder, signed } from './scripted/book';
import { changeOrder, protect } from './scripted/amend';
import { Chance } from './scripted/chance';
import * as outside from './scripted/outside';
import { packs, panelOf, settingsOf } from './scripted/rules';
import { SCRIPTED_SETTINGS, settingFault } from './scripted/settings';
import { type Staged, standingOf } from './scripted/standing';
import { askGate, verdictOf } from './scripted/gate';
import { priceOf, type Product, PRODUCTS, productOf } from './scripted/products';
import type {
  AmendAnswer,
  ChangeRequest,
  ClosePart,
  ClosedPosition,
  ConnectionFound,
  ConnectionTest,
  DecideRequest,
  DeskStanding,
  DeskStatus,
  FlattenAnswer,
  FlattenProgress,
  InstrumentRow,
  LockoutRow,
  LogAction,
  LogRow,
  MarketControl,
  OrderQuestion,
  OrderRequest,
  PackRow,
  PasswordAnswer,
  PlaceAnswer,
  ProtectAnswer,
  ProtectRequest,
  QuoteRow,
  RuleSetting,
  RulesChoice,
  RulesPanel,
  Settings,
  Side,
  Snapshot,
  Verdict,
} from './types';

export interface ScriptedOptions {
  seed?: string;
  /** False: time moves only through `advance`. */
  autorun?: boolean;
  /** Exits are accepted and never fill, so that a flatten ends not flat. */
  exitsStayOpen?: boolean;
  /** Rows that the log holds at the start. */
  logRows?: number;
  /** What the program itself has to say at the start. */
  notice?: string | null;
}

export const STEP_MS = 50;
const FLATTEN_MS_MAX = 3_000;
/** The market clock starts at 08:30 in Chicago. */
const MARKET_START_MS = Date.UTC(2026, 10, 23, 14, 30);
/** Of these products the scripted market has prices. */
const QUOTED: readonly Product[] = PRODUCTS;

interface Flatten {
  startedMs: number;
  deadlineMs: number;
  cancelled: string[];
  exits: ScriptedOrder[];
  closed: ClosedPosition[];
  answer: (answer: FlattenAnswer) => void;
}

export class ScriptedBackend implements Backend {
  readonly kind = 'SCRIPTED';
  readonly #book = new Book();
  readonly #chance: Chance;
  readonly #exitsStayOpen: boolean;
  readonly #answers = new Map<string, (answer: PlaceAnswer) => void>();
  #settings: Settings = structuredClone(SCRIPTED_SETTINGS);
  #listener: DeskListener | null = null;
  #timer: ReturnType<typeof setInterval> | null = null;
  #elapsedMs = 0;
  #seq = 0;
  #sentRows = 0;
  #tickets = 0;
  #lots = 0;
  #killed = false;
  #paused = false;
  #flatten: Flatten | null = null;
  #flattenPromise: Promise<FlattenAnswer> | null = null;
  #progress: FlattenProgress | null = null;
  #sentTrades = 0;
  #lockouts: LockoutRow[] = [];
  #limitsLocked = false;
  /** What the desk is made to say: differences, latches, blindness. */
  readonly staged: Staged = { differences: [], latches: [], blind: false, broker: null };

  constructor(options: ScriptedOptions = {}) {
    this.#chance = new Chance(options.seed ?? SCRIPTED_SETTINGS.mock.seed);
    this.#exitsStayOpen = options.exitsStayOpen ?? false;
    this.#fillLog(options.logRows ?? 0);
    if (options.notice !== undefined && options.notice !== null) this.#write('ALARM', null, options.notice);
    this.#sentRows = this.#book.log.length;
    if (options.autorun ?? true) this.#timer = setInterval(() => this.advance(STEP_MS), STEP_MS);
  }

  /** Moves the market and every order on by `ms`, in steps of `STEP_MS`. */
  advance(ms: number): void {
    for (let done = 0; done < ms; done += STEP_MS) {
      if (!this.#paused) this.#elapsedMs += STEP_MS;
      if (!this.#paused) this.#moveMarket();
      this.#moveOrders();
      this.#moveFlatten();
      this.#tell();
    }
  }

  end(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  placeBuy(order: OrderRequest): Promise<PlaceAnswer> {
    return this.#place('BUY', order);
  }

  placeSell(order: OrderRequest): Promise<PlaceAnswer> {
    return this.#place('SELL', order);
  }

  flattenAll(): Promise<FlattenAnswer> {
    this.#flattenPromise ??= new Promise((answer) => {
      this.#flatten = {
        startedMs: this.#elapsedMs,
        deadlineMs: this.#elapsedMs + FLATTEN_MS_MAX,
        cancelled: [],
        exits: [],
        closed: [],
        answer,
      };
      this.#write('FLATTEN', null, 'flatten_started');
      for (const order of this.#book.live()) {
        if (order.closes !== null) continue;
        order.status = 'CANCELLED';
        this.#flatten.cancelled.push(order.id);
        this.#answers.get(order.id)?.(answerOf(order));
        this.#write('CANCEL', order, null);
      }
      this.#write('FLATTEN', null, 'exits_sent');
      PRODUCTS.forEach((product, row) => this.#sendFlattenExit(product, row, this.#flatten));
    });
    return this.#flattenPromise;
  }

  cancelOrder(orderId: string): Promise<void> {
    const order = this.#book.live().find((live) => live.id === orderId);
    if (order === undefined) return Promise.reject(new BackendFault('bad_request', `${orderId} is not working`));
    order.cancelling = true;
    this.#write('CANCEL', order, 'cancel_requested');
    return Promise.resolve();
  }

  canSubmitOrder(order: OrderQuestion): Promise<Verdict> {
    return Promise.resolve(verdictOf(askGate(order.side, order, this.#book, this.#settings, this.#flags())));
  }

  changeOrder(change: ChangeRequest): Promise<AmendAnswer> {
    const { order, ...answer } = changeOrder(this.#book, change);
    if (order === undefined) {
      const row = this.#write('REJECT', null, answer.reason);
      row.orderId = change.orderId;
    } else {
      this.#write('CHANGE', order, 'change_requested');
    }
    return Promise.resolve(answer);
  }

  protect(what: ProtectRequest): Promise<ProtectAnswer> {
    const answer = protect(this.#book, what);
    for (const lot of answer.lots) {
      const reason = lot.reason ?? (lot.stopPrice === null ? 'neither_stop_nor_target' : 'stop_stands');
      this.#write(lot.reason === null ? 'PROTECT' : 'REJECT', null, reason);
    }
    return Promise.resolve(answer);
  }

  closePosition(symbol: string, part: ClosePart): Promise<PlaceAnswer> {
    const product = productOf(symbol);
    const net = product === null ? 0 : this.#book.net(product);
    const size = part === 'ALL' ? Math.abs(net) : Math.floor(Math.abs(net) / 2);
    if (size === 0) return Promise.reject(new BackendFault('bad_request', `no position in ${symbol} is open`));
    return this.#place(net > 0 ? 'SELL' : 'BUY', { symbol, qty: size, type: 'MARKET' });
  }

  decideDifference({ symbol, decision }: DecideRequest): Promise<void> {
    const row = this.staged.differences.find((difference) => difference.symbol === symbol);
    if (row === undefined) return Promise.reject(new BackendFault('bad_request', `the broker's number of ${symbol} agrees`));
    this.staged.differences = this.staged.differences.filter((difference) => difference !== row);
    this.#write('ALARM', null, decision === 'KEEP_OURS' ? 'position_kept_as_filled' : 'position_agrees_again').symbol = symbol;
    return Promise.resolve();
  }

  liftLatch(symbol: string | null): Promise<void> {
    this.staged.latches = symbol === null ? [] : this.staged.latches.filter((latch) => latch.symbol !== symbol);
    this.#write('HALT', null, 'books_checked');
    return Promise.resolve();
  }

  reconcile(): Promise<void> {
    return Promise.resolve();
  }

  setKill(on: boolean): Promise<void> {
    this.#killed = on;
    this.#write('HALT', null, on ? 'kill_switch_on' : 'kill_switch_off');
    this.#tell();
    return Promise.resolve();
  }

  snapshot(): Promise<Snapshot> {
    return Promise.resolve({
      seq: this.#seq,
      log: this.#book.log.slice(0, this.#sentRows),
      trades: this.#book.trades.slice(0, this.#sentTrades),
      positions: this.#book.positionRows(),
      working: this.#book.workingRows(),
      phantoms: this.#book.phantomRows(),
      quotes: this.#quotes(),
      desk: this.#deskStatus(),
      standing: this.#standing(),
    });
  }

  instruments(): Promise<InstrumentRow[]> {
    return Promise.resolve(
      PRODUCTS.map(({ symbol, alias, name, contract, tickSize, tickValue, decimals, pointValue }) => ({
        symbol,
        alias,
        name,
        contract,
        tickSize,
        tickValue,
        decimals,
        pointValue,
      })),
    );
  }

  getSettings(): Promise<Settings> {
    return Promise.resolve(structuredClone(this.#settings));
  }

  saveSettings(settings: Settings): Promise<Settings> {
    const failed = settingFault(settings);
    if (failed !== null) return Promise.reject(failed);
    if (settings.broker !== this.#settings.broker && this.#book.lots.length > 0) {
      return Promise.reject(new BackendFault('positions_open', 'close the positions before changing the broker'));
    }
    this.#settings = structuredClone(settings);
    this.#tell();
    return this.getSettings();
  }

  connectBroker(): Promise<void> {
    const { host, port } = this.#settings.ninjatrader;
    return Promise.reject(new BackendFault('not_connected', `a browser page cannot connect to ${host}:${port}`));
  }

  setPassword(): Promise<PasswordAnswer> {
    return Promise.resolve({ stored: 'MEMORY' });
  }

  testConnection({ host, port }: ConnectionTest): Promise<ConnectionFound> {
    return outside.testConnection(host, port);
  }

  confirmLive(typed: string): Promise<boolean> {
    return Promise.resolve(typed.trim() === this.staged.broker?.account);
  }

  readonly about = outside.about;
  readonly dataFolder = outside.dataFolder;
  readonly openDataFolder = outside.openDataFolder;
  readonly trySound = outside.trySound;

  marketControl(what: MarketControl): Promise<void> {
    if ('pause' in what) this.#paused = what.pause;
    else this.#settings.mock.speed = what.speed === 'max' ? 0 : what.speed;
    this.#tell();
    return Promise.resolve();
  }

  rulesPanel(symbols: string[]): Promise<RulesPanel> {
    const resultCents = Math.round((Number(this.#book.dayRealized()) + Number(this.#book.dayUnrealized())) * 100);
    const [lockouts, limitsLocked, choice] = [this.#lockouts, this.#limitsLocked, this.#settings.rules];
    return Promise.resolve(panelOf({ at: this.#timestamp(), choice, lockouts, resultCents, limitsLocked, symbols }));
  }

  rulePacks(): Promise<PackRow[]> {
    return Promise.resolve(packs());
  }

  async ruleSettings(choice: RulesChoice): Promise<RuleSetting[]> {
    return settingsOf(choice);
  }

  async lockOut(): Promise<void> {
    this.#lockouts = [{ cause: 'by_hand', words: 'your own lock', since: this.#timestamp(), until: '2026-11-23T23:00:00Z' }];
    this.#write('HALT', null, 'locked_out');
    await this.flattenAll();
  }

  lockLimits(): Promise<void> {
    this.#limitsLocked = true;
    return Promise.resolve();
  }

  switchOn(): Promise<void> {
    return Promise.resolve();
  }

  /** A page hands the text to the browser, which asks by itself. */
  saveText(name: string, text: string): Promise<boolean> {
    const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = name;
    link.click();
    URL.revokeObjectURL(url);
    return Promise.resolve(true);
  }

  subscribe(listener: DeskListener): Promise<() => void> {
    this.#listener = listener;
    return Promise.resolve(() => {
      this.#listener = null;
    });
  }

  /** A page has no native menu. */
  whenFlattenedElsewhere(): Promise<() => void> {
    return Promise.resolve(() => undefined);
  }

  whenSettingsAsked(): Promise<() => void> {
    return Promise.resolve(() => undefined);
  }

  #place(side: Side, request: OrderRequest): Promise<PlaceAnswer> {
    const answer = askGate(side, request, this.#book, this.#settings, this.#flags());
    const id = `T${++this.#tickets}`;
    if (answer.kind === 'REFUSED') {
      const { reason, message } = answer.refusal;
      this.#writeRefusal(id, side, request, reason);
      return Promise.resolve({ orderId: id, status: 'REJECTED', reason, message, unknown: false });
    }
    const { product, qty, limitTicks, stopTicks, targetTicks } = answer.order;
    const order = this.#send(id, product, side, qty, null);
    Object.assign(order, { type: request.type, limitTicks, stopTicks, targetTicks });
    const away = (ticks: string | number | null | undefined): number | null =>
      ticks === null || ticks === undefined ? null : Number(ticks);
    Object.assign(order, { stopAway: away(request.stopTicks), targetAway: away(request.takeProfitTicks), trailTicks: away(request.trailTicks) });
    this.#write('SUBMIT', order, null);
    return new Promise((resolve) => this.#answers.set(id, resolve));
  }

  #send(id: string, product: Product, side: Side, qty: number, closes: string | null): ScriptedOrder {
    const { delayMsMin, delayMsMax } = this.#settings.mock;
    const acceptAtMs = this.#elapsedMs + this.#chance.whole(delayMsMin, delayMsMax);
    const order: ScriptedOrder = {
      id,
      product,
      side,
      qty,
      type: 'MARKET',
      limitTicks: null,
      stopTicks: null,
      targetTicks: null,
      status: 'PENDING',
      submittedAt: this.#timestamp(),
      cancelling: false,
      acceptAtMs,
      fillAtMs: acceptAtMs + STEP_MS,
      closes,
      fillTicks: null,
    };
    this.#book.orders.push(order);
    return order;
  }

  #sendFlattenExit(product: Product, row: number, flatten: Flatten | null): void {
    const net = this.#book.net(product);
    if (net === 0 || flatten === null) return;
    const order = this.#send(`F1-C${row}-X1`, product, net > 0 ? 'SELL' : 'BUY', Math.abs(net), 'ALL');
    flatten.exits.push(order);
    this.#write('SUBMIT', order, null);
  }

  #moveMarket(): void {
    for (const product of QUOTED) {
      const step = this.#chance.whole(0, 9);
      const ticks = this.#book.last(product) + (step === 0 ? -1 : step === 1 ? 1 : step === 2 ? this.#chance.whole(-2, 2) : 0);
      this.#book.lastTicks.set(product.symbol, ticks);
    }
    for (const lot of this.#book.lots) {
      if (lot.exiting) continue;
      const last = this.#book.last(lot.product);
      const away = lot.side === 'BUY' ? 1 : -1;
      const stopped = lot.stopTicks !== null && (last - lot.stopTicks) * away <= 0;
      const reached = lot.targetTicks !== null && (last - lot.targetTicks) * away >= 0;
      if (!stopped && !reached) continue;
      lot.exiting = true;
      lot.firedBy = stopped ? 'STOP' : 'TARGET';
      const fired = this.#write(stopped ? 'STOP' : 'TARGET', null, null);
      const { symbol } = lot.product;
      Object.assign(fired, { orderId: lot.openedBy, symbol, side: lot.side, qty: lot.qty, price: priceOf(last, lot.product) });
      const exit = this.#send(`${lot.id}-X1`, lot.product, lot.side === 'BUY' ? 'SELL' : 'BUY', lot.qty, lot.id);
      this.#write('SUBMIT', exit, null);
    }
  }

  #moveOrders(): void {
    for (const order of this.#book.live()) {
      if (order.status === 'PENDING' && this.#elapsedMs >= order.acceptAtMs) {
        order.status = 'ACCEPTED';
        this.#write('ACCEPT', order, null);
        this.#answers.get(order.id)?.(answerOf(order));
      }
      if (order.wanted && order.status === 'ACCEPTED') {
        Object.assign(order, order.wanted, { wanted: null });
        this.#write('CHANGE', order, 'changed');
      }
      if (order.cancelling && order.status === 'ACCEPTED') {
        order.status = 'CANCELLED';
        this.#write('CANCEL', order, null);
      }
      if (order.status === 'ACCEPTED' && this.#fills(order)) this.#fill(order);
    }
  }

  #fills(order: ScriptedOrder): boolean {
    if (this.#elapsedMs < order.fillAtMs) return false;
    if (order.closes !== null && this.#exitsStayOpen) return false;
    if (order.limitTicks === null) return true;
    const through = this.#book.last(order.product) - order.limitTicks;
    return order.side === 'BUY' ? through < 0 : through > 0;
  }

  #fill(order: ScriptedOrder): void {
    const { slippageTicksMin, slippageTicksMax } = this.#settings.mock;
    const slip = this.#chance.whole(slippageTicksMin, slippageTicksMax);
    const price = order.limitTicks ?? this.#book.last(order.product) + signed(order.side, slip);
    order.fillTicks = price;
    order.status = 'FILLED';
    this.#book.charge(order.product, order.qty);
    this.#write('FILL', order, null);
    const { pnlCents, qtyLeft } = this.#book.reduce(order.product, order, order.qty, price, this.#timestamp());
    if (qtyLeft > 0 && order.closes === null) {
      this.#book.lots.push({
        id: `L${this.#lots++}`,
        openedBy: order.id,
        product: order.product,
        side: order.side,
        qty: qtyLeft,
        entryTicks: price,
        stopTicks: order.stopTicks ?? awayFrom(price, order.side, -(order.stopAway ?? order.trailTicks ?? 0)),
        targetTicks: order.targetTicks ?? awayFrom(price, order.side, order.targetAway ?? 0),
        exiting: false,
        openedAt: this.#timestamp(),
        trailTicks: order.trailTicks ?? null,
        evenAfterTicks: null,
      });
      return;
    }
    order.status = 'CLOSED';
    this.#write('CLOSE', order, null);
    this.#flatten?.closed.push({
      symbol: order.product.symbol,
      qty: order.qty,
      exitPrice: priceOf(price, order.product),
      orderId: order.id,
      realizedPnl: cents(pnlCents),
    });
  }

  #standing(): DeskStanding {
    return standingOf(this.#book, this.staged, this.#progress, this.#settings.trading.positionMaxMinis);
  }

  #progressOf(flatten: Flatten, stage: FlattenProgress['stage']): FlattenProgress {
    const filled = flatten.exits.filter((order) => order.fillTicks !== null);
    const sum = (orders: readonly ScriptedOrder[]): number => orders.reduce((total, order) => total + order.qty, 0);
    const since = this.#elapsedMs - flatten.startedMs;
    return {
      flatten: 'F0',
      stage,
      startedAt: this.#timestamp(),
      cancelsAsked: flatten.cancelled.length,
      cancelsAnswered: flatten.cancelled.length,
      exitsSent: flatten.exits.length,
      exitsFailed: 0,
      contractsSent: sum(flatten.exits),
      contractsFilled: sum(filled),
      lastFailure: null,
      cancelledMs: flatten.cancelled.length === 0 ? null : 0,
      exitsMs: flatten.exits.length === 0 ? null : 0,
      filledMs: filled.length === 0 ? null : since,
      answeredMs: stage === 'EXITING' ? null : since,
    };
  }

  #moveFlatten(): void {
    const flatten = this.#flatten;
    if (flatten === null) return;
    this.#progress = this.#progressOf(flatten, 'EXITING');
    const open = PRODUCTS.map((product) => ({ symbol: product.symbol, qty: this.#book.net(product) })).filter(
      ({ qty }) => qty !== 0,
    );
    const late = this.#elapsedMs >= flatten.deadlineMs;
    if (open.length > 0 && !late) return;
    this.#flatten = null;
    this.#flattenPromise = null;
    const status = open.length === 0 ? 'FLAT' : 'NOT_FLAT';
    this.#progress = this.#progressOf(flatten, status);
    Object.assign(this.#write('FLATTEN', null, 'flatten_answered'), { status });
    flatten.answer({ status, closedPositions: flatten.closed, cancelled: flatten.cancelled, stillOpen: open });
  }

  #tell(): void {
    const listener = this.#listener;
    const rows = this.#book.log.slice(this.#sentRows);
    this.#sentRows = this.#book.log.length;
    const trades = this.#book.trades.slice(this.#sentTrades);
    this.#sentTrades = this.#book.trades.length;
    if (listener === null) return;
    if (rows.length + trades.length > 0) listener.orderLog({ seq: ++this.#seq, rows, trades });
    listener.positionUpdate({ seq: ++this.#seq, positions: this.#book.positionRows() });
    listener.deskUpdate({
      seq: ++this.#seq,
      working: this.#book.workingRows(),
      phantoms: this.#book.phantomRows(),
      quotes: this.#quotes(),
      desk: this.#deskStatus(),
      standing: this.#standing(),
    });
  }

  #quotes(): QuoteRow[] {
    return QUOTED.map((product) => {
      const last = this.#book.last(product);
      return {
        symbol: product.symbol,
        last: priceOf(last, product),
        bid: priceOf(last - 1, product),
        ask: priceOf(last + 1, product),
        at: this.#timestamp(),
      };
    });
  }

  #deskStatus(): DeskStatus {
    return {
      mode: this.staged.broker === null ? 'MOCK' : (this.staged.broker.kind ?? 'OFFLINE'),
      marketTime: this.#timestamp(),
      killed: this.#killed,
      lockedOut: this.#lockouts.length > 0,
      flattening: this.#flatten !== null,
      latched: this.staged.latches.length > 0,
      notConnected: false,
      reconciling: false,
      blind: this.staged.blind,
      dayRealized: this.#book.dayRealized(),
      dayUnrealized: this.#book.dayUnrealized(),
      dayFees: this.#book.dayFees(),
      paused: this.#paused,
      feed: this.#settings.mock.source.kind,
      shortSelling: this.#settings.trading.shortSelling,
    };
  }

  #flags(): { killed: boolean; flattening: boolean } {
    return { killed: this.#killed, flattening: this.#flatten !== null };
  }

  #timestamp(): string {
    return `${new Date(MARKET_START_MS + this.#elapsedMs).toISOString().slice(0, -1)}0000Z`;
  }

  #write(action: LogAction, order: ScriptedOrder | null, reason: string | null): LogRow {
    return this.#book.write(action, this.#timestamp(), order, reason);
  }

  #writeRefusal(id: string, side: Side, request: OrderRequest, reason: string): void {
    const row = this.#write('REJECT', null, reason);
    const qty = Number(request.qty);
    Object.assign(row, {
      orderId: id,
      symbol: productOf(request.symbol)?.symbol ?? request.symbol,
      side,
      qty: Number.isSafeInteger(qty) ? qty : null,
      price: request.price === undefined || request.price === null ? null : String(request.price),
      status: 'REJECTED',
    });
  }

  #fillLog(rows: number): void {
    const actions: readonly LogAction[] = ['SUBMIT', 'ACCEPT', 'FILL', 'CLOSE', 'CANCEL'];
    for (let row = 0; row < rows; row += 1) {
      const product = PRODUCTS[row % PRODUCTS.length];
      const action = actions[row % actions.length];
      if (product === undefined || action === undefined) continue;
      const written = this.#write(action, null, null);
      Object.assign(written, {
        orderId: `T${900_000 + Math.floor(row / 5)}`,
        symbol: product.symbol,
        side: row % 2 === 0 ? 'BUY' : 'SELL',
        qty: 1 + (row % 3),
        status: 'CLOSED',
      });
    }
  }
}

function answerOf(order: ScriptedOrder): PlaceAnswer {
  return { orderId: order.id, status: order.status, reason: null, message: null, unknown: false };
}

/** So many ticks from a fill, with the trader's sign; null for no distance. */
function awayFrom(price: number, side: Side, ticks: number): number | null {
  return ticks === 0 ? null : price + signed(side, ticks);
}
