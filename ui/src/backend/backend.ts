// What the interface may ask of the desk, and what the desk tells it. Everything above this file is
// written against `Backend` and never learns whether a shell or a script is behind it.

import type {
  AboutAnswer,
  AmendAnswer,
  BundleAnswer,
  ChangeRequest,
  ClosePart,
  ConnectionFound,
  ConnectionTest,
  DecideRequest,
  DeskUpdateEvent,
  FlattenAnswer,
  FlattenReceipt,
  FolderAnswer,
  HistoryAnswer,
  HistoryIndex,
  HistoryQuestion,
  InstrumentRow,
  MarketControl,
  OrderLogEvent,
  OrderQuestion,
  OrderRequest,
  PasswordAnswer,
  PlaceAnswer,
  PackRow,
  PositionUpdateEvent,
  ProtectAnswer,
  ProtectRequest,
  RecoveryAnswer,
  RulesChoice,
  RuleSetting,
  RulesPanel,
  Settings,
  Snapshot,
  SoundAnswer,
  SoundKind,
  TriggerReceipt,
  Verdict,
  WireFault,
  WrittenAnswer,
} from './types';

export interface DeskListener {
  orderLog(event: OrderLogEvent): void;
  positionUpdate(event: PositionUpdateEvent): void;
  deskUpdate(event: DeskUpdateEvent): void;
}

/** A flatten that something else than this page has asked for. */
export interface FlattenListener {
  started(): void;
  answered(answer: FlattenAnswer): void;
  /** With whatever a call would have been rejected with. */
  failed(thrown: unknown): void;
}

export interface Backend {
  /** `SHELL`: the desk itself. `SCRIPTED`: a small imitation for a plain browser, without an engine. */
  readonly kind: 'SHELL' | 'SCRIPTED';

  placeBuy(order: OrderRequest): Promise<PlaceAnswer>;
  placeSell(order: OrderRequest): Promise<PlaceAnswer>;
  flattenAll(): Promise<FlattenAnswer>;
  cancelOrder(orderId: string): Promise<void>;
  /** A question only: nothing is sent. */
  canSubmitOrder(order: OrderQuestion): Promise<Verdict>;
  /** New terms of a working order. */
  changeOrder(change: ChangeRequest): Promise<AmendAnswer>;
  /** Sets, moves or takes away the stop or the target of a lot, or of every lot of a position. */
  protect(what: ProtectRequest): Promise<ProtectAnswer>;
  /** Closes what no exit on its way closes already, or half of the position, at the market. */
  closePosition(symbol: string, part: ClosePart): Promise<PlaceAnswer>;
  /** Whose number of a position is right; both numbers as they were seen. */
  decideDifference(decision: DecideRequest): Promise<void>;
  /** The books have been checked: of one contract, or of everything. */
  liftLatch(symbol: string | null): Promise<void>;
  /** Asks the broker for its own account. */
  reconcile(): Promise<void>;
  setKill(on: boolean): Promise<void>;
  snapshot(): Promise<Snapshot>;
  instruments(): Promise<InstrumentRow[]>;
  getSettings(): Promise<Settings>;
  saveSettings(settings: Settings): Promise<Settings>;
  connectBroker(): Promise<void>;
  setPassword(password: string): Promise<PasswordAnswer>;
  /** Looks who is there, with settings that need not be saved: nothing is sent. */
  testConnection(to: ConnectionTest): Promise<ConnectionFound>;
  /** The name of the account with real money, as it was typed: whether it was right. */
  confirmLive(typed: string): Promise<boolean>;
  /** Versions, licences, and every command and event. */
  about(): Promise<AboutAnswer>;
  dataFolder(): Promise<FolderAnswer>;
  /** Shows the data folder in the system's own window. */
  openDataFolder(): Promise<void>;
  /** Plays a sound as loud as asked. */
  trySound(kind: SoundKind, volume: number): Promise<SoundAnswer>;
  marketControl(what: MarketControl): Promise<void>;
  /** The rules as they stand, with what may still be opened in these symbols. */
  rulesPanel(symbols: string[]): Promise<RulesPanel>;
  /** The rule packs that can be chosen. */
  rulePacks(): Promise<PackRow[]>;
  /** Every setting of a pack, these made; nothing is chosen by it. */
  ruleSettings(choice: RulesChoice): Promise<RuleSetting[]>;
  /** Locks the account until a time, or until the next session; it cannot be undone. */
  lockOut(until: string | null): Promise<void>;
  /** No limit can be loosened before the next session. */
  lockLimits(): Promise<void>;
  /** Entries on again after they ran away. */
  switchOn(): Promise<void>;
  /** What the last start found and what was decided; null when the desk was never away. */
  recovery(): Promise<RecoveryAnswer | null>;
  /** Lets a lot exit whose stop or target was passed while the desk was away. */
  exitPassed(lot: string): Promise<void>;
  /** A page of what the journal holds, newest first. */
  history(wanted: HistoryQuestion): Promise<HistoryAnswer>;
  /** What the history can be filtered by. */
  historyIndex(): Promise<HistoryIndex>;
  /** Writes the history of a day, or all of it for an empty one, for a spreadsheet. */
  exportHistory(day: string): Promise<WrittenAnswer>;
  /** Writes a folder for a dispute: timeline, receipts, verification. */
  disputeBundle(day: string): Promise<BundleAnswer>;
  /** What fired the stop or target of a lot, and what became of its exits. */
  triggerReceipt(lot: string): Promise<TriggerReceipt>;
  /** The flattens of this run, oldest first. */
  flattenReceipts(): Promise<FlattenReceipt[]>;
  /** Saves text where the user chooses; false when the user chose nothing. */
  saveText(name: string, text: string): Promise<boolean>;

  /** Ends with the function that it answers. Batches may arrive before the promise resolves. */
  subscribe(listener: DeskListener): Promise<() => void>;

  /** Tells of flattens that were asked for outside the page, as in a native menu. */
  whenFlattenedElsewhere(listener: FlattenListener): Promise<() => void>;

  /** Calls `open` when the settings are chosen outside the page, as in a native menu. */
  whenSettingsAsked(open: () => void): Promise<() => void>;
}

/** The desk's codes, and one for what no desk sends. */
export type FaultCode = WireFault['code'] | 'unexpected';

/** A command that the desk did not carry out. */
export class BackendFault extends Error {
  override readonly name = 'BackendFault';

  constructor(
    readonly code: FaultCode,
    readonly text: string,
    /** The setting that is wrong, as a path such as `mock.seed`; only with `settings_invalid`. */
    readonly field: string | null = null,
  ) {
    super(`${code}: ${text}`);
  }
}

const CODES: readonly WireFault['code'][] = [
  'bad_request',
  'busy',
  'stopped',
  'settings_invalid',
  'positions_open',
  'not_connected',
  'no_credential_store',
  'market_file',
];

/** Reads whatever a promise was rejected with. Never throws. */
export function readFault(thrown: unknown): BackendFault {
  if (thrown instanceof BackendFault) return thrown;
  if (!isRecord(thrown)) return new BackendFault('unexpected', String(thrown));
  const code = CODES.find((known) => known === thrown['code']);
  if (code === undefined) {
    return new BackendFault('unexpected', thrown instanceof Error ? thrown.message : JSON.stringify(thrown));
  }
  const detail = thrown['detail'];
  if (isRecord(detail)) {
    const field = detail['field'];
    return new BackendFault(
      code,
      textOf(detail['message'] ?? detail),
      typeof field === 'string' ? field : null,
    );
  }
  return new BackendFault(code, textOf(detail));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}
