// Whether a change lets a position lose more than before: with real money that is held, not pressed.

import type { ProtectRequest, Side } from '../backend/types';
import { readDecimal, rescale } from './decimal';
import type { Leg } from './leg';
import type { Standing } from './protect_form';

/** How long a button is held, in milliseconds. */
export const HOLD_MS = 800;

/** More decimals than any price has. */
const PLACES = 9;

/** Where it cannot be told, it counts as wider. */
export function widens(request: ProtectRequest, side: Side, standing: Standing, stop: Leg): boolean {
  const change = request.stop;
  if (change === undefined || change === null || standing.stopPrice === null) return false;
  switch (change.kind) {
    case 'REMOVE':
      return true;
    case 'AT':
    case 'FIX':
      return isWorse(String(change.price), standing.stopPrice, side);
    case 'AWAY':
      return isWorse(stop.price, standing.stopPrice, side);
    case 'TRAIL':
      return standing.trailTicks === null || Number(change.ticks) > standing.trailTicks;
  }
}

function isWorse(price: string, than: string, side: Side): boolean {
  const [one, other] = [unitsOf(price), unitsOf(than)];
  if (one === null || other === null) return true;
  return side === 'BUY' ? one < other : one > other;
}

function unitsOf(text: string): bigint | null {
  const value = readDecimal(text);
  return value === null ? null : rescale(value, PLACES);
}
