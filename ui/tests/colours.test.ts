import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COLOURS } from '../src/state/preferences.svelte';

const CSS = readFileSync('src/styles/tokens.css', 'utf8');

/** The tokens of a theme with a choice of colours: later rules win, as in the page. */
function tokens(theme: string, colours: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, selector = '', body = ''] of CSS.matchAll(/^(:root[^{]*)\{([^}]*)\}/gm)) {
    const themeIs = /data-theme='([^']+)'/.exec(selector)?.[1];
    const coloursAre = /data-colours='([^']+)'/.exec(selector)?.[1];
    if ((themeIs ?? theme) !== theme || (coloursAre ?? colours) !== colours) continue;
    for (const [, name = '', value = ''] of body.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})\b/g)) found.set(name, value);
  }
  return found;
}

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const GROUNDS = ['bg', 'panel', 'raised'];
/** Text that may stand on any ground: 4.5 to 1. */
const TEXTS = ['text', 'muted', 'buy', 'sell', 'gain', 'loss', 'warning', 'sim', 'unknown'];
/** Text on one ground of its own. */
const PAIRS = [
  ['on-side', 'buy'],
  ['on-side', 'sell'],
  ['on-inverse', 'inverse'],
  ['on-live', 'live'],
  ['text', 'danger-ground'],
  ['danger', 'danger-ground'],
  ['danger', 'bg'],
  ['danger', 'panel'],
];
/** Lines that tell where something is: 3 to 1. */
const LINES = ['edge', 'ring'];

/** The system's own choice is one of these. */
const THEMES = ['dark', 'light'] as const;

const LOOKS = THEMES.flatMap((theme) => COLOURS.map((colours) => [theme, colours] as const));

describe.each(LOOKS)('the colours %s, %s', (theme, colours) => {
  const found = tokens(theme, colours);
  const of = (one: string, other: string) => contrast(found.get(one) ?? '#000000', found.get(other) ?? '#000000');

  it.each(TEXTS.flatMap((text) => GROUNDS.map((ground) => [text, ground] as const)))('can be read: %s on %s', (text, ground) => {
    expect(of(text, ground)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(PAIRS)('can be read: %s on %s', (text, ground) => {
    expect(of(text ?? '', ground ?? '')).toBeGreaterThanOrEqual(4.5);
  });

  it.each(LINES.flatMap((line) => GROUNDS.map((ground) => [line, ground] as const)))('can be seen: %s on %s', (line, ground) => {
    expect(of(line, ground)).toBeGreaterThanOrEqual(3);
  });
});

describe('the looks', () => {
  it('differ', () => {
    expect(new Set(LOOKS.map(([theme, colours]) => [...tokens(theme, colours)].join())).size).toBe(4);
    expect(tokens('dark', 'blue-orange').get('buy')).not.toBe(tokens('dark', 'green-red').get('buy'));
  });
});
