// How the window looks. It is no trading setting, so the window keeps it itself.

export type Theme = 'dark' | 'light';

const KEY = 'phantom-desk.theme';

export class Preferences {
  theme = $state<Theme>(storedTheme());

  set(theme: Theme): void {
    this.theme = theme;
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // A window without storage starts dark again; nothing else is lost.
    }
  }
}

function storedTheme(): Theme {
  try {
    return localStorage.getItem(KEY) === 'light' ? 'light' : 'dark';
  } catch {
    return 'dark';
  }
}
