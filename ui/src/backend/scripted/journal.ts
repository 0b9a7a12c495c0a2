// What the scripted desk remembers: a history made from its log, receipts of stops and targets, a bundle.

import { BackendFault } from '../backend';
import type {
  BundleAnswer,
  HistoryAnswer,
  HistoryIndex,
  HistoryLine,
  HistoryQuestion,
  LogAction,
  LogRow,
  TriggerReceipt,
} from '../types';
import { type Book, cents, type Lot, type ScriptedOrder } from './book';
import { priceOf } from './products';

const DAY = '2026-11-23';
const PAGE = 200;

/** The kind of fact that a row of the log comes from. */
const KINDS: Readonly<Record<LogAction, string>> = {
  SUBMIT: 'orderSubmitted',
  ACCEPT: 'orderAccepted',
  FILL: 'orderFilled',
  REJECT: 'orderRejected',
  FAIL: 'orderFailed',
  CANCEL: 'orderCancelled',
  CHANGE: 'orderChanged',
  PROTECT: 'protectionSet',
  STOP: 'phantomFired',
  TARGET: 'phantomFired',
  FLATTEN: 'flattenStarted',
  CLOSE: 'orderClosed',
  ALARM: 'alarmRaised',
  HALT: 'halted',
};

export class ScriptedJournal {
  readonly #book: Book;
  readonly #fired = new Map<string, TriggerReceipt>();

  constructor(book: Book) {
    this.#book = book;
  }

  index(): HistoryIndex {
    const symbols = new Set(this.#book.log.flatMap((row) => (row.symbol === null ? [] : [row.symbol])));
    return { days: [DAY], symbols: [...symbols].toSorted() };
  }

  page(wanted: HistoryQuestion): HistoryAnswer {
    const text = wanted.text.toLowerCase();
    const found = this.#book.log
      .filter((row) => wanted.before === null || row.n < wanted.before)
      .filter((row) => wanted.symbol === '' || row.symbol === wanted.symbol)
      .map((row) => this.#lineOf(row))
      .filter((line) => wanted.kinds.length === 0 || wanted.kinds.includes(line.kind))
      .filter((line) => wanted.day === '' || line.day === wanted.day)
      .filter((line) => text === '' || [line.kind, line.about, line.cause, line.line].join(' ').toLowerCase().includes(text))
      .toReversed();
    const rows = found.slice(0, PAGE);
    return { rows, older: found.length > rows.length ? (rows.at(-1)?.seq ?? null) : null };
  }

  bundle(day: string): BundleAnswer {
    const facts = this.#book.log.filter(() => day === '' || day === DAY).length;
    return {
      path: '/home/trader/phantom-desk/exports/dispute-20261123T143000000',
      files: ['timeline.csv', 'timeline.jsonl', 'receipts.csv', 'verification.txt', 'versions.txt', 'README.txt', 'checksums.txt'],
      facts,
      firings: this.#fired.size,
      records: this.#book.log.length,
      chain: '5f0c1d'.padEnd(64, '0'),
      damage: null,
    };
  }

  receipt(lot: string): TriggerReceipt {
    const found = this.#fired.get(lot);
    if (found === undefined) throw new BackendFault('bad_request', `no stop or target of ${lot} has fired`);
    return structuredClone(found);
  }

  /** A stop or target of a lot fires at a price, and its exit goes out. */
  fired(lot: Lot, ticks: number, at: string, exit: ScriptedOrder): void {
    const { product } = lot;
    const level = lot.firedBy === 'TARGET' ? lot.targetTicks : lot.stopTicks;
    this.#fired.set(lot.id, {
      lot: lot.id,
      symbol: product.symbol,
      contract: product.contract,
      side: lot.side,
      leg: lot.firedBy ?? 'STOP',
      level: level === null ? null : priceOf(level, product),
      print: priceOf(ticks, product),
      printedAt: at,
      ageMicros: 180,
      decidedAt: at,
      exits: [{ orderId: exit.id, qty: lot.qty, sentAt: at, acceptedAt: null, fills: [], failed: null }],
      slippageTicks: 0,
      slippage: '0.00',
    });
  }

  accepted(order: ScriptedOrder, at: string): void {
    const exit = this.#exitOf(order);
    if (exit !== undefined) exit.row.acceptedAt = at;
  }

  filled(order: ScriptedOrder, at: string): void {
    const exit = this.#exitOf(order);
    if (exit === undefined || order.fillTicks === null) return;
    const { receipt, row } = exit;
    row.fills.push({ at, qty: order.qty, price: priceOf(order.fillTicks, order.product) });
    const fired = Math.round(Number(receipt.print) / Number(order.product.tickSize));
    const worse = (fired - order.fillTicks) * (order.side === 'SELL' ? 1 : -1) * order.qty;
    receipt.slippageTicks += worse;
    receipt.slippage = cents(receipt.slippageTicks * order.product.tickValueCents);
  }

  #exitOf(order: ScriptedOrder) {
    for (const receipt of this.#fired.values()) {
      const row = receipt.exits.find((it) => it.orderId === order.id);
      if (row !== undefined) return { receipt, row };
    }
    return undefined;
  }

  #lineOf(row: LogRow): HistoryLine {
    const { n, orderId, symbol, side, qty, price, fillPrice, reason } = row;
    const fields = { seq: n, at: row.timestamp, kind: KINDS[row.action], order: orderId, side, qty, price: fillPrice ?? price, reason };
    const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
    const product = symbol === null ? null : this.#book.products().find((it) => it.symbol === symbol);
    return {
      seq: n,
      at: row.timestamp,
      day: DAY,
      kind: KINDS[row.action],
      about: row.action === 'STOP' || row.action === 'TARGET' ? row.receipt : (orderId ?? row.receipt),
      contract: product?.contract ?? null,
      cause: row.action === 'SUBMIT' || row.action === 'REJECT' ? 'window' : null,
      words: row.action === 'REJECT' ? reason : null,
      line: JSON.stringify(given),
    };
  }
}
