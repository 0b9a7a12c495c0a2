// A desk for a plain browser: a seeded market and a small imitation of the rules, so that the whole
// interface runs without the shell. Nothing here reaches a broker. Same seed, same steps, same state.

import { type Backend, BackendFault, type DeskListener } from './backend';
import { Book, type ScriptedOrder } from './scripted/book';
import { changeOrder, protect } from './scripted/amend';
import { Chance } from './scripted/chance';
import * as outside from './scripted/outside';
import { packs, panelOf, settingsOf } from './scripted/rules';
import { SCRIPTED_SETTINGS, settingFault } from './scripted/settings';
import { type Staged, standingOf } from './scripted/standing';
import { Exchange, STEP_MS } from './scripted/exchange';
import { type Flatten, progressOf, receiptOf } from './scripted/flatten';
import { askGate, verdictOf } from './scripted/gate';
import { instrumentRows, quoteRows, statusOf } from './scripted/glance';
import { ScriptedJournal } from './scripted/journal';
import { type Product, PRODUCTS, productOf } from './scripted/products';
import type {
  AmendAnswer,
  BundleAnswer,
  ChangeRequest,
  ClosePart,
  ConnectionFound,
  ConnectionTest,
  DecideRequest,
  DeskStanding,
  DeskStatus,
  FlattenAnswer,
  FlattenProgress,
  FlattenReceipt,
  HistoryAnswer,
  HistoryIndex,
  HistoryQuestion,
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
  RecoveryAnswer,
  RulesChoice,
  RuleSetting,
  RulesPanel,
  Settings,
  Side,
  Snapshot,
  TriggerReceipt,
  Verdict,
  WrittenAnswer,
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

const FLATTEN_MS_MAX = 3_000;
/** The market clock starts at 08:30 in Chicago. */
const MARKET_START_MS = Date.UTC(2026, 10, 23, 14, 30);

export class ScriptedBackend implements Backend {
  readonly kind = 'SCRIPTED';
  readonly #book = new Book();
  readonly #exchange: Exchange;
  readonly #journal = new ScriptedJournal(this.#book);
  readonly #receipts: FlattenReceipt[] = [];
  readonly #answers = new Map<string, (answer: PlaceAnswer) => void>();
  #settings: Settings = structuredClone(SCRIPTED_SETTINGS);
  #listener: DeskListener | null = null;
  #timer: ReturnType<typeof setInterval> | null = null;
  #elapsedMs = 0;
  #seq = 0;
  #sentRows = 0;
  #tickets = 0;
  #killed = false;
  #paused = false;
  #flatten: Flatten | null = null;
  #flattenPromise: Promise<FlattenAnswer> | null = null;
  #progress: FlattenProgress | null = null;
  #sentTrades = 0;
  #lockouts: LockoutRow[] = [];
  #limitsLocked = false;
  /** What the desk is made to say: differences, latches, blindness. */
  readonly staged: Staged = {
    differences: [],
    latches: [],
    blind: false,
    recovery: null,
    lifts: false,
    broker: null,
  };

  constructor(options: ScriptedOptions = {}) {
    this.#exchange = new Exchange({
      book: this.#book,
      journal: this.#journal,
      chance: new Chance(options.seed ?? SCRIPTED_SETTINGS.mock.seed),
      exitsStayOpen: options.exitsStayOpen ?? false,
      market: () => this.#settings.mock,
      nowMs: () => this.#elapsedMs,
      at: () => this.#timestamp(),
      write: (action, order, reason) => this.#write(action, order, reason),
      accepted: (order) => this.#answers.get(order.id)?.(answerOf(order)),
      closed: (position) => this.#flatten?.closed.push(position),
    });
    this.#fillLog(options.logRows ?? 0);
    if (options.notice !== undefined && options.notice !== null) this.#write('ALARM', null, options.notice);
    this.#sentRows = this.#book.log.length;
    if (options.autorun ?? true) this.#timer = setInterval(() => this.advance(STEP_MS), STEP_MS);
  }

  /** Moves the market and every order on by `ms`, in steps of `STEP_MS`. */
  advance(ms: number): void {
    for (let done = 0; done < ms; done += STEP_MS) {
      if (!this.#paused) this.#elapsedMs += STEP_MS;
      if (!this.#paused) this.#exchange.moveMarket();
      this.#exchange.moveOrders();
      this.#moveFlatten();
      this.#tell();
    }
  }

  /** The desk has something to say. */
  say(reason: string): void {
    this.#write('ALARM', null, reason);
    this.#tell();
  }

  /** A leg of a lot was passed while the desk was away, and waits. */
  passed(id: string, leg: 'STOP' | 'TARGET'): void {
    const lot = this.#book.lots.find((it) => it.id === id);
    if (lot === undefined) return;
    lot.passed = leg;
    lot.stopTicks ??= this.#book.last(lot.product) - 1;
    this.#tell();
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
        id: `F${this.#receipts.length}`,
        startedAt: this.#timestamp(),
        startedMs: this.#elapsedMs,
        deadlineMs: this.#elapsedMs + FLATTEN_MS_MAX,
        cancelled: [],
        exits: [],
        closed: [],
        answer,
      };
      const { id: receipt } = this.#flatten;
      Object.assign(this.#write('FLATTEN', null, 'flatten_started'), { receipt });
      for (const order of this.#book.live()) {
        if (order.closes !== null) continue;
        order.status = 'CANCELLED';
        this.#flatten.cancelled.push(order.id);
        this.#answers.get(order.id)?.(answerOf(order));
        this.#write('CANCEL', order, null);
      }
      Object.assign(this.#write('FLATTEN', null, 'exits_sent'), { receipt });
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
    return Promise.resolve(verdictOf(askGate(order.side, order, this.#book, this.#settings, this.#flags()), this.#book, this.#settings));
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
    return Promise.resolve(instrumentRows());
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
    return Promise.resolve(panelOf({ at: this.#timestamp(), choice, lockouts, resultCents, limitsLocked, symbols, lifts: this.staged.lifts }));
  }

  rulePacks(): Promise<PackRow[]> {
    return Promise.resolve(packs());
  }

  async ruleSettings(choice: RulesChoice): Promise<RuleSetting[]> {
    return settingsOf(choice);
  }

  async lockOut(until: string | null): Promise<void> {
    this.#lockouts = [{ cause: 'by_hand', words: 'your own lock', since: this.#timestamp(), until: until ?? '2026-11-23T23:00:00Z' }];
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

  recovery(): Promise<RecoveryAnswer | null> {
    return Promise.resolve(structuredClone(this.staged.recovery));
  }

  async exitPassed(lot: string): Promise<void> {
    const passed = this.#book.lots.find((it) => it.id === lot);
    if (passed === undefined || passed.passed === undefined) throw new BackendFault('bad_request', `${lot} does not wait`);
    this.#exchange.fire(passed, passed.passed);
    passed.passed = undefined;
  }

  async history(wanted: HistoryQuestion): Promise<HistoryAnswer> {
    return this.#journal.page(wanted);
  }

  async historyIndex(): Promise<HistoryIndex> {
    return this.#journal.index();
  }

  async exportHistory(): Promise<WrittenAnswer> {
    return { path: '/home/trader/phantom-desk/exports/history-20261123T143000000.csv', facts: this.#book.log.length };
  }

  async disputeBundle(day: string): Promise<BundleAnswer> {
    return this.#journal.bundle(day);
  }

  async triggerReceipt(lot: string): Promise<TriggerReceipt> {
    return this.#journal.receipt(lot);
  }

  async flattenReceipts(): Promise<FlattenReceipt[]> {
    return structuredClone(this.#receipts);
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
    const order = this.#exchange.send(id, product, side, qty, null);
    Object.assign(order, { type: request.type, limitTicks, stopTicks, targetTicks });
    const away = (ticks: string | number | null | undefined): number | null =>
      ticks === null || ticks === undefined ? null : Number(ticks);
    Object.assign(order, { stopAway: away(request.stopTicks), targetAway: away(request.takeProfitTicks), trailTicks: away(request.trailTicks) });
    this.#write('SUBMIT', order, null);
    return new Promise((resolve) => this.#answers.set(id, resolve));
  }

  #sendFlattenExit(product: Product, row: number, flatten: Flatten | null): void {
    const net = this.#book.net(product);
    if (net === 0 || flatten === null) return;
    const order = this.#exchange.send(`${flatten.id}-C${row}-X1`, product, net > 0 ? 'SELL' : 'BUY', Math.abs(net), 'ALL');
    flatten.exits.push(order);
    this.#write('SUBMIT', order, null);
  }

  #standing(): DeskStanding {
    return standingOf(this.#book, this.staged, this.#progress, this.#settings.trading.positionMaxMinis);
  }

  #moveFlatten(): void {
    const flatten = this.#flatten;
    if (flatten === null) return;
    this.#progress = progressOf(flatten, 'EXITING', this.#elapsedMs);
    const open = PRODUCTS.map((product) => ({ symbol: product.symbol, qty: this.#book.net(product) })).filter(
      ({ qty }) => qty !== 0,
    );
    const late = this.#elapsedMs >= flatten.deadlineMs;
    if (open.length > 0 && !late) return;
    this.#flatten = null;
    this.#flattenPromise = null;
    const status = open.length === 0 ? 'FLAT' : 'NOT_FLAT';
    this.#progress = progressOf(flatten, status, this.#elapsedMs);
    Object.assign(this.#write('FLATTEN', null, 'flatten_answered'), { status, receipt: flatten.id });
    const answer: FlattenAnswer = { status, closedPositions: flatten.closed, cancelled: flatten.cancelled, stillOpen: open };
    this.#receipts.push(receiptOf(flatten, answer, this.#timestamp()));
    flatten.answer(answer);
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
    return quoteRows(this.#book, this.#timestamp());
  }

  #deskStatus(): DeskStatus {
    return statusOf(this.#book, this.#settings, {
      at: this.#timestamp(),
      mode: this.staged.broker === null ? 'MOCK' : (this.staged.broker.kind ?? 'OFFLINE'),
      killed: this.#killed,
      lockedOut: this.#lockouts.length > 0,
      flattening: this.#flatten !== null,
      latched: this.staged.latches.length > 0,
      blind: this.staged.blind,
      paused: this.#paused,
    });
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
