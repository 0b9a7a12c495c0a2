// Settings as text in fields. Numbers are read here so that a wrong one is named beside its field;
// whether a value is allowed is the desk's to say.

import type { Settings } from '../backend/types';

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
  asFastAsPossible: boolean;
  shortSelling: boolean;
  orderMaxMinis: string;
  positionMaxMinis: string;
  defaultQty: string;
  defaultSymbol: string;
}

/** Messages by the path of the setting, as the desk names it: `mock.seed`. */
export type FieldFaults = Readonly<Record<string, string>>;

export type FormReading = { kind: 'SETTINGS'; settings: Settings } | { kind: 'FAULTS'; faults: FieldFaults };

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
    asFastAsPossible: mock.speed === 0,
    shortSelling: trading.shortSelling,
    orderMaxMinis: trading.orderMaxMinis,
    positionMaxMinis: trading.positionMaxMinis,
    defaultQty: String(trading.defaultQty),
    defaultSymbol: trading.defaultSymbol,
  };
}

export function readForm(form: SettingsForm): FormReading {
  const faults: Record<string, string> = {};
  const count = (field: string, text: string): number => {
    const trimmed = text.trim();
    if (/^\d{1,9}$/.test(trimmed)) return Number(trimmed);
    faults[field] = trimmed === '' ? 'A whole number is needed' : `${trimmed} is not a whole number`;
    return 0;
  };
  const settings: Settings = {
    version: 1,
    broker: form.broker,
    ninjatrader: {
      host: form.host.trim(),
      port: count('ninjatrader.port', form.port),
      account: form.account.trim(),
      username: form.username.trim(),
    },
    mock: {
      seed: form.seed.trim(),
      delayMsMin: count('mock.delayMsMin', form.delayMsMin),
      delayMsMax: count('mock.delayMsMax', form.delayMsMax),
      slippageTicksMin: count('mock.slippageTicksMin', form.slippageTicksMin),
      slippageTicksMax: count('mock.slippageTicksMax', form.slippageTicksMax),
      source:
        form.sourceKind === 'FILE' ? { kind: 'FILE', path: form.path.trim() } : { kind: 'SIMULATED' },
      speed: form.asFastAsPossible ? 0 : count('mock.speed', form.speed),
    },
    trading: {
      shortSelling: form.shortSelling,
      orderMaxMinis: form.orderMaxMinis.trim(),
      positionMaxMinis: form.positionMaxMinis.trim(),
      defaultQty: count('trading.defaultQty', form.defaultQty),
      defaultSymbol: form.defaultSymbol,
    },
  };
  if (!form.asFastAsPossible && settings.mock.speed === 0 && faults['mock.speed'] === undefined) {
    faults['mock.speed'] = 'From 1 to 1000, or as fast as possible';
  }
  return Object.keys(faults).length === 0 ? { kind: 'SETTINGS', settings } : { kind: 'FAULTS', faults };
}
