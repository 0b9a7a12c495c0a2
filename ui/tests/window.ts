// The window on a scripted desk, as a test sees it: by role and accessible name.

import { configure, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { expect, vi } from 'vitest';
import App from '../src/App.svelte';
import { ScriptedBackend, type ScriptedOptions } from '../src/backend/scripted';
import { TWIN_MS } from '../src/core/press_guard';

// A busy machine takes its time; what never comes still fails.
configure({ asyncUtilTimeout: 10_000 });

export const MOMENT_MS = 20;
export const moment = (ms = MOMENT_MS) => new Promise((done) => setTimeout(done, ms));

export const button = (name: string | RegExp) => screen.getByRole('button', { name });
export const box = (name: string) => screen.getByRole('textbox', { name });
export const gate = () => screen.getByRole('status', { name: 'Gate' });
export const type = (name: string, text: string) => fireEvent.input(box(name), { target: { value: text } });
export const choose = (name: string, value: string) =>
  fireEvent.change(screen.getByRole('combobox', { name }), { target: { value } });

/** Once the gate says this about a side. */
export async function gateSays(words: RegExp): Promise<void> {
  await waitFor(() => expect(gate().textContent?.replaceAll(/\s+/g, ' ')).toMatch(words));
}

/** The window on a scripted desk whose time stands still unless it is moved. */
export async function open(options: ScriptedOptions = {}, prepare: (desk: ScriptedBackend) => void = () => undefined) {
  const desk = new ScriptedBackend({ autorun: false, ...options });
  prepare(desk);
  const buy = vi.spyOn(desk, 'placeBuy');
  const sell = vi.spyOn(desk, 'placeSell');
  const flatten = vi.spyOn(desk, 'flattenAll');
  render(App, { backend: desk });
  await gateSays(/Buy: allowed/);
  return { desk, buy, sell, flatten };
}

export async function buyOne(desk: ScriptedBackend): Promise<void> {
  await fireEvent.click(button('Buy'));
  desk.advance(1_000);
  await waitFor(() => expect(within(screen.getByRole('table', { name: 'Positions' })).getByText('+1')).toBeTruthy());
}

/** Buys at a limit that the market does not reach. */
export async function workOne(desk: ScriptedBackend, price = '20000.00'): Promise<void> {
  await choose('Order type', 'LIMIT');
  await type('Limit price', price);
  await gateSays(/Buy: allowed/);
  // A press soon after another on the same side is taken for its twin.
  await moment(TWIN_MS);
  await fireEvent.click(button('Buy'));
  desk.advance(1_000);
  await screen.findByRole('button', { name: /^Cancel T/ });
}

export async function openSettings(): Promise<HTMLElement> {
  await fireEvent.click(button('Settings'));
  await screen.findByRole('radiogroup', { name: 'Broker' });
  return screen.getByRole('dialog', { name: 'Settings' });
}

/** There is no layout here, so a long table is told a height: ten rows of 22 px. */
export function layOut(): void {
  const heightOf = (element: Element) => (element.getAttribute('role') === 'rowgroup' ? 220 : 22);
  Object.defineProperty(HTMLElement.prototype, 'offsetParent', { configurable: true, get: () => document.body });
  vi.stubGlobal(
    'ResizeObserver',
    class {
      constructor(private readonly tell: (entries: unknown[]) => void) {}
      observe(target: Element): void {
        setTimeout(() => this.tell([{ target, contentRect: { width: 900, height: heightOf(target) } }]));
      }
      unobserve(): void {}
      disconnect(): void {}
    },
  );
}

export async function showTab(name: string): Promise<void> {
  await fireEvent.click(screen.getByRole('tab', { name }));
}

/** Buys with a stop one tick away and lets the market reach it. */
export async function fireAStop(desk: ScriptedBackend): Promise<void> {
  const placed = desk.placeBuy({ symbol: 'NQ', qty: 2, type: 'MARKET', stopTicks: 1 });
  desk.advance(30_000);
  await placed;
}
