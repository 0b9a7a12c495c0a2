// How the window looks and how the hand meets it. It is no trading setting, so the window keeps it itself.

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
} as const;

export class Preferences {
  #theme = $state<Theme>(chosen(KEYS.theme, THEMES));
  #colours = $state<Colours>(chosen(KEYS.colours, COLOURS));
  #density = $state<Density>(chosen(KEYS.density, ['normal', ...DENSITIES]));
  #zoom = $state<number>(Number(chosen(KEYS.zoom, ['100', ...ZOOMS.map(String)])));
  #presets = $state<readonly number[]>(storedPresets());
  #oneClick = $state(stored(KEYS.oneClick) !== 'off');
  #speech = $state<Speech>(chosen(KEYS.speech, SPEECHES));

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
