// How the window looks and how the hand meets it. It is no trading setting, so the window keeps it itself.

import { PNL_BASES, PNL_UNITS, type PnlBasis, type PnlUnit } from '../core/pnl';

export const THEMES = ['dark', 'light', 'system'] as const;
export type Theme = (typeof THEMES)[number];

/** Colours of sides and of money. Blue and orange stay apart for every kind of colour vision. */
export const COLOURS = ['blue-orange', 'green-red'] as const;
export type Colours = (typeof COLOURS)[number];

export const DENSITIES = ['compact', 'normal', 'large'] as const;
export type Density = (typeof DENSITIES)[number];

/** Sizes of everything, in hundredths. */
export const ZOOMS = [80, 90, 100, 110, 125, 150] as const;

/** What is said aloud. */
export const SPEECHES = ['all', 'fills', 'off'] as const;
export type Speech = (typeof SPEECHES)[number];

/** When a press on Buy or Sell counts: as the button comes up inside it, or as it goes down. */
export const SEND_ONS = ['UP', 'DOWN'] as const;
export type SendOn = (typeof SEND_ONS)[number];

/** What a ticket of an instrument starts with; empty text is nothing. */
export interface TicketDefaults {
  qty: string;
  stopTicks: string;
  targetTicks: string;
}

export const NO_DEFAULTS: TicketDefaults = { qty: '', stopTicks: '', targetTicks: '' };

export const PRESET_COUNT = 5;
const PRESETS: readonly number[] = [1, 2, 3, 5, 10];
const QTY_MAX = 1_000;

const KEYS = {
  theme: 'phantom-desk.theme',
  colours: 'phantom-desk.colours',
  density: 'phantom-desk.density',
  zoom: 'phantom-desk.zoom',
  presets: 'phantom-desk.presets',
  oneClick: 'phantom-desk.one-click',
  speech: 'phantom-desk.speech',
  sendOn: 'phantom-desk.send-on',
  resetQty: 'phantom-desk.reset-quantity',
  reverse: 'phantom-desk.reverse',
  pnlUnit: 'phantom-desk.pnl-unit',
  pnlBasis: 'phantom-desk.pnl-basis',
  defaults: 'phantom-desk.ticket-defaults',
  phone: 'phantom-desk.broker-phone',
} as const;

export class Preferences {
  #theme = $state<Theme>(chosen(KEYS.theme, THEMES));
  #colours = $state<Colours>(chosen(KEYS.colours, COLOURS));
  #density = $state<Density>(chosen(KEYS.density, ['normal', ...DENSITIES]));
  #zoom = $state<number>(Number(chosen(KEYS.zoom, ['100', ...ZOOMS.map(String)])));
  #presets = $state<readonly number[]>(storedPresets());
  #oneClick = $state(stored(KEYS.oneClick) !== 'off');
  #speech = $state<Speech>(chosen(KEYS.speech, SPEECHES));
  #sendOn = $state<SendOn>(chosen(KEYS.sendOn, SEND_ONS));
  #resetQty = $state(stored(KEYS.resetQty) === 'on');
  #reverse = $state(stored(KEYS.reverse) === 'on');
  #pnlUnit = $state<PnlUnit>(chosen(KEYS.pnlUnit, PNL_UNITS));
  #pnlBasis = $state<PnlBasis>(chosen(KEYS.pnlBasis, PNL_BASES));
  #defaults = $state.raw<Readonly<Record<string, TicketDefaults>>>(storedDefaults());
  #phone = $state(stored(KEYS.phone) ?? '');

  get theme(): Theme {
    return this.#theme;
  }

  set theme(theme: Theme) {
    this.#theme = theme;
    store(KEYS.theme, theme);
  }

  get colours(): Colours {
    return this.#colours;
  }

  set colours(colours: Colours) {
    this.#colours = colours;
    store(KEYS.colours, colours);
  }

  get density(): Density {
    return this.#density;
  }

  set density(density: Density) {
    this.#density = density;
    store(KEYS.density, density);
  }

  get zoom(): number {
    return this.#zoom;
  }

  set zoom(zoom: number) {
    this.#zoom = zoom;
    store(KEYS.zoom, String(zoom));
  }

  /** The quantities that one press puts on the ticket. */
  get presets(): readonly number[] {
    return this.#presets;
  }

  /** Whether one press on Buy or Sell sends, where no real money is at stake. */
  get oneClick(): boolean {
    return this.#oneClick;
  }

  set oneClick(on: boolean) {
    this.#oneClick = on;
    store(KEYS.oneClick, on ? 'on' : 'off');
  }

  get speech(): Speech {
    return this.#speech;
  }

  set speech(speech: Speech) {
    this.#speech = speech;
    store(KEYS.speech, speech);
  }

  get sendOn(): SendOn {
    return this.#sendOn;
  }

  set sendOn(sendOn: SendOn) {
    this.#sendOn = sendOn;
    store(KEYS.sendOn, sendOn);
  }

  /** Whether the quantity goes back to the instrument's own after a fill. */
  get resetQty(): boolean {
    return this.#resetQty;
  }

  set resetQty(on: boolean) {
    this.#resetQty = on;
    store(KEYS.resetQty, on ? 'on' : 'off');
  }

  /** Whether each position has a button that turns it around. */
  get reverse(): boolean {
    return this.#reverse;
  }

  set reverse(on: boolean) {
    this.#reverse = on;
    store(KEYS.reverse, on ? 'on' : 'off');
  }

  get pnlUnit(): PnlUnit {
    return this.#pnlUnit;
  }

  set pnlUnit(unit: PnlUnit) {
    this.#pnlUnit = unit;
    store(KEYS.pnlUnit, unit);
  }

  get pnlBasis(): PnlBasis {
    return this.#pnlBasis;
  }

  set pnlBasis(basis: PnlBasis) {
    this.#pnlBasis = basis;
    store(KEYS.pnlBasis, basis);
  }

  /** The telephone number of the broker's desk, for when nothing else works. */
  get phone(): string {
    return this.#phone;
  }

  set phone(phone: string) {
    this.#phone = phone;
    store(KEYS.phone, phone);
  }

  /** What a ticket of an instrument starts with, by its root. */
  defaultsOf(root: string): TicketDefaults {
    return this.#defaults[root] ?? NO_DEFAULTS;
  }

  /** Text that is no quantity, or no number of ticks, is kept out. */
  setDefaults(root: string, defaults: TicketDefaults): void {
    this.#defaults = { ...this.#defaults, [root]: cleaned(defaults) };
    store(KEYS.defaults, JSON.stringify(this.#defaults));
  }

  /** Another quantity in one place; text that is no quantity changes nothing. */
  setPreset(place: number, text: string): void {
    const qty = readQty(text);
    if (qty === null) return;
    this.#presets = this.#presets.map((preset, at) => (at === place ? qty : preset));
    store(KEYS.presets, this.#presets.join(','));
  }
}

function readQty(text: string): number | null {
  const trimmed = text.trim();
  const qty = Number(trimmed);
  return /^\d{1,4}$/.test(trimmed) && qty >= 1 && qty <= QTY_MAX ? qty : null;
}

function cleaned({ qty, stopTicks, targetTicks }: TicketDefaults): TicketDefaults {
  const whole = (text: string): string => (/^[1-9]\d{0,4}$/.test(text.trim()) ? text.trim() : '');
  return { qty: readQty(qty) === null ? '' : qty.trim(), stopTicks: whole(stopTicks), targetTicks: whole(targetTicks) };
}

function storedDefaults(): Readonly<Record<string, TicketDefaults>> {
  try {
    const found: unknown = JSON.parse(stored(KEYS.defaults) ?? '{}');
    if (typeof found !== 'object' || found === null) return {};
    const rows = Object.entries(found).map(([root, value]) => {
      const given = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
      const text = (name: string): string => (typeof given[name] === 'string' ? given[name] : '');
      return [root, cleaned({ qty: text('qty'), stopTicks: text('stopTicks'), targetTicks: text('targetTicks') })] as const;
    });
    return Object.fromEntries(rows);
  } catch {
    return {};
  }
}

function storedPresets(): readonly number[] {
  const found = (stored(KEYS.presets) ?? '').split(',').map(readQty);
  return found.length === PRESET_COUNT && found.every((qty) => qty !== null) ? found : PRESETS;
}

function store(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A window without storage starts with the first choice again; nothing else is lost.
  }
}

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** What was stored, or the first choice. */
function chosen<Choice extends string>(key: string, choices: readonly [Choice, ...Choice[]]): Choice {
  const found = stored(key);
  return choices.find((choice) => choice === found) ?? choices[0];
}
