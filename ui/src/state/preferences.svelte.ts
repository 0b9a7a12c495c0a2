// How the window looks. It is no trading setting, so the window keeps it itself.

export const THEMES = ['dark', 'light'] as const;
export type Theme = (typeof THEMES)[number];

/** Colours of sides and of money. Blue and orange stay apart for every kind of colour vision. */
export const COLOURS = ['blue-orange', 'green-red'] as const;
export type Colours = (typeof COLOURS)[number];

const THEME_KEY = 'phantom-desk.theme';
const COLOURS_KEY = 'phantom-desk.colours';

export class Preferences {
  #theme = $state<Theme>(stored(THEME_KEY, THEMES));
  #colours = $state<Colours>(stored(COLOURS_KEY, COLOURS));

  get theme(): Theme {
    return this.#theme;
  }

  set theme(theme: Theme) {
    this.#theme = theme;
    store(THEME_KEY, theme);
  }

  get colours(): Colours {
    return this.#colours;
  }

  set colours(colours: Colours) {
    this.#colours = colours;
    store(COLOURS_KEY, colours);
  }
}

function store(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A window without storage starts with the first choice again; nothing else is lost.
  }
}

/** What was stored, or the first choice. */
function stored<Choice extends string>(key: string, choices: readonly [Choice, ...Choice[]]): Choice {
  try {
    const found = localStorage.getItem(key);
    return choices.find((choice) => choice === found) ?? choices[0];
  } catch {
    return choices[0];
  }
}
