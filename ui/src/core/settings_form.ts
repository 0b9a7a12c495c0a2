// Settings as text in fields. They are read here so that a wrong one is named beside its field as it is
// typed; the desk checks all of them again.

import type { HandlingChoice, PassedPolicy, RulesChoice, Settings } from '../backend/types';
import { readDecimal, rescale } from './decimal';

export interface SettingsForm {
  broker: Settings['broker'];
  host: string;
  port: string;
  account: string;
  username: string;
  seed: string;
  delayMsMin: string;
  delayMsMax: string;
  slippageTicksMin: string;
  slippageTicksMax: string;
  sourceKind: Settings['mock']['source']['kind'];
  path: string;
  speed: string;
  /** What a simulated session has prices of, with commas between; empty is everything. */
  symbols: string;
  asFastAsPossible: boolean;
  shortSelling: boolean;
  orderMaxMinis: string;
  positionMaxMinis: string;
  defaultQty: string;
  defaultSymbol: string;
  passedPolicy: PassedPolicy;
  bandTicks: string;
  bandBasisPoints: string;
  clip: string;
  flattenWaitMs: string;
  disasterTicks: string;
  rules: RulesChoice | null;
}

/** Messages by the path of the setting, as the desk names it: `mock.seed`. */
export type FieldFaults = Readonly<Record<string, string>>;

export type FormReading = { kind: 'SETTINGS'; settings: Settings } | { kind: 'FAULTS'; faults: FieldFaults };

/** How prints are judged and how a flatten works, where nothing else was chosen: the desk's own standard. */
export const STANDARD_HANDLING: HandlingChoice = {
  bandTicks: 20,
  bandBasisPoints: 50,
  clip: 1_000,
  flattenWaitMs: 500,
  disasterTicks: 0,
};

function handlingTexts({ bandTicks, bandBasisPoints, clip, flattenWaitMs, disasterTicks }: HandlingChoice) {
  return {
    bandTicks: String(bandTicks),
    bandBasisPoints: String(bandBasisPoints),
    clip: String(clip),
    flattenWaitMs: String(flattenWaitMs),
    disasterTicks: String(disasterTicks),
  };
}

export function formOf(settings: Settings): SettingsForm {
  const { ninjatrader, mock, trading } = settings;
  return {
    broker: settings.broker,
    host: ninjatrader.host,
    port: String(ninjatrader.port),
    account: ninjatrader.account,
    username: ninjatrader.username,
    seed: mock.seed,
    delayMsMin: String(mock.delayMsMin),
    delayMsMax: String(mock.delayMsMax),
    slippageTicksMin: String(mock.slippageTicksMin),
    slippageTicksMax: String(mock.slippageTicksMax),
    sourceKind: mock.source.kind,
    path: mock.source.kind === 'FILE' ? mock.source.path : '',
    speed: mock.speed === 0 ? '1' : String(mock.speed),
    symbols: (mock.symbols ?? []).join(', '),
    asFastAsPossible: mock.speed === 0,
    shortSelling: trading.shortSelling,
    orderMaxMinis: trading.orderMaxMinis,
    positionMaxMinis: trading.positionMaxMinis,
    defaultQty: String(trading.defaultQty),
    defaultSymbol: trading.defaultSymbol,
    passedPolicy: trading.passedPolicy ?? 'FIRE',
    ...handlingTexts(trading.handling ?? STANDARD_HANDLING),
    rules: settings.rules ?? null,
  };
}

/** The fields by the path of their setting: the names that stand beside them. */
export const FIELD_NAMES: Readonly<Record<string, string>> = {
  'ninjatrader.host': 'Host',
  'ninjatrader.port': 'Port',
  'ninjatrader.account': 'Account',
  'ninjatrader.username': 'Username',
  'mock.seed': 'Seed',
  'mock.delayMsMin': 'Shortest delay, ms',
  'mock.delayMsMax': 'Longest delay, ms',
  'mock.slippageTicksMin': 'Least slippage, ticks',
  'mock.slippageTicksMax': 'Most slippage, ticks',
  'mock.source.path': 'Path of the tick file',
  'mock.speed': 'Speed, times the clock',
  'mock.symbols': 'Symbols at the start',
  'trading.orderMaxMinis': 'Order limit, minis',
  'trading.positionMaxMinis': 'Position limit, minis',
  'trading.defaultQty': 'Default quantity',
  'trading.defaultSymbol': 'Default symbol',
  'trading.handling.bandTicks': 'Suspect from, ticks',
  'trading.handling.bandBasisPoints': 'or from, 0.01 %',
  'trading.handling.clip': 'Largest flatten exit',
  'trading.handling.flattenWaitMs': 'Wait for cancels, ms',
  'trading.handling.disasterTicks': 'Disaster stop, ticks',
  'rules.pack': 'Rule pack',
  'rules.settings': 'Options of the rule pack',
};

const SEED_MAX = 2n ** 64n - 1n;
const MINIS_MAX = 10_000;

/** Reads the fields, with the ranges that the desk has. What is wrong is said beside its field. */
export function readForm(form: SettingsForm): FormReading {
  const faults: Record<string, string> = {};
  const whole = (field: string, text: string, min: number, max: number): number => {
    const trimmed = text.trim();
    const value = Number(trimmed);
    if (trimmed === '') faults[field] = `A whole number from ${min} to ${max} is needed`;
    else if (!/^\d{1,9}$/.test(trimmed)) faults[field] = `${trimmed} is not a whole number`;
    else if (value < min || value > max) faults[field] = `Must be from ${min} to ${max}`;
    return value;
  };
  const delayMsMin = whole('mock.delayMsMin', form.delayMsMin, 0, 60_000);
  const delayMsMax = whole('mock.delayMsMax', form.delayMsMax, 0, 60_000);
  const slippageTicksMin = whole('mock.slippageTicksMin', form.slippageTicksMin, 0, 100);
  const slippageTicksMax = whole('mock.slippageTicksMax', form.slippageTicksMax, 0, 100);
  if (faults['mock.delayMsMax'] === undefined && delayMsMin > delayMsMax) {
    faults['mock.delayMsMin'] ??= 'Must not be more than the longest delay';
  }
  if (faults['mock.slippageTicksMax'] === undefined && slippageTicksMin > slippageTicksMax) {
    faults['mock.slippageTicksMin'] ??= 'Must not be more than the most slippage';
  }
  // Only a tick file has an end to run to.
  const unlimited = form.asFastAsPossible && form.sourceKind === 'FILE';
  const handling: HandlingChoice = {
    bandTicks: whole('trading.handling.bandTicks', form.bandTicks, 4, 10_000),
    bandBasisPoints: whole('trading.handling.bandBasisPoints', form.bandBasisPoints, 0, 10_000),
    clip: whole('trading.handling.clip', form.clip, 1, 1_000),
    flattenWaitMs: whole('trading.handling.flattenWaitMs', form.flattenWaitMs, 0, 2_000),
    disasterTicks: whole('trading.handling.disasterTicks', form.disasterTicks, 0, 10_000),
  };
  const symbols = symbolsOf(form.symbols);
  const isStandard = JSON.stringify(handling) === JSON.stringify(STANDARD_HANDLING);
  const settings: Settings = {
    version: 1,
    broker: form.broker,
    ninjatrader: {
      host: form.host.trim(),
      port: whole('ninjatrader.port', form.port, 1, 65_535),
      account: form.account.trim(),
      username: form.username.trim(),
    },
    mock: {
      seed: form.seed.trim(),
      delayMsMin,
      delayMsMax,
      slippageTicksMin,
      slippageTicksMax,
      source: form.sourceKind === 'FILE' ? { kind: 'FILE', path: form.path.trim() } : { kind: 'SIMULATED' },
      speed: unlimited ? 0 : whole('mock.speed', form.speed, 1, 1000),
      ...(symbols.length === 0 ? {} : { symbols }),
    },
    trading: {
      shortSelling: form.shortSelling,
      orderMaxMinis: form.orderMaxMinis.trim(),
      positionMaxMinis: form.positionMaxMinis.trim(),
      defaultQty: whole('trading.defaultQty', form.defaultQty, 1, 1000),
      defaultSymbol: form.defaultSymbol,
      // What is standard is left out: a later standard then holds too.
      ...(form.passedPolicy === 'FIRE' ? {} : { passedPolicy: form.passedPolicy }),
      ...(isStandard ? {} : { handling }),
    },
    // Plain values: the form's own are watched.
    ...(form.rules === null ? {} : { rules: { pack: form.rules.pack, settings: [...form.rules.settings] } }),
  };
  Object.assign(faults, textFaults(settings));
  return Object.keys(faults).length === 0 ? { kind: 'SETTINGS', settings } : { kind: 'FAULTS', faults };
}

/** Each once, in the order in which they were typed. */
function symbolsOf(text: string): string[] {
  const typed = text.split(/[\s,;]+/).filter((symbol) => symbol !== '');
  return [...new Set(typed.map((symbol) => symbol.toUpperCase()))];
}

function textFaults({ ninjatrader, mock, trading }: Settings): FieldFaults {
  const faults: Record<string, string> = {};
  if (ninjatrader.account === '') faults['ninjatrader.account'] = "The account's name in NinjaTrader is needed, such as Sim101";
  if (ninjatrader.host === '' || /\s/.test(ninjatrader.host)) {
    faults['ninjatrader.host'] = 'A host name or an address is needed, such as 127.0.0.1';
  }
  if (!/^\d{1,20}$/.test(mock.seed) || BigInt(mock.seed) > SEED_MAX) {
    faults['mock.seed'] = `A whole number from 0 to ${SEED_MAX} is needed`;
  }
  if (mock.source.kind === 'FILE' && mock.source.path === '') faults['mock.source.path'] = 'The path of a tick file is needed';
  for (const field of ['orderMaxMinis', 'positionMaxMinis'] as const) {
    if (!isMinis(trading[field])) faults[`trading.${field}`] = `A number from 0.1 to ${MINIS_MAX} is needed, such as 5 or 0.5`;
  }
  return faults;
}

/** Minis are counted in thousandths. */
function isMinis(text: string): boolean {
  const value = readDecimal(text);
  const thousandths = value === null ? null : rescale(value, 3);
  return thousandths !== null && thousandths >= 100n && thousandths <= BigInt(MINIS_MAX) * 1000n;
}
