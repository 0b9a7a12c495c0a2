// What a trader wants of the stop and the target of what is open, as a request to the desk. Only what
// differs from what stands is asked for; taking a leg away is a press of its own, never an emptied field.

import type { BreakEvenChange, Protected, ProtectRequest, StopChange, TargetChange } from '../backend/types';
import type { Leg, LegInput } from './leg';

export interface ProtectForm {
  stop: LegInput;
  target: LegInput;
  /** Ticks at which the stop trails; empty for a stop that does not. */
  trail: string;
  /** Ticks after which the stop goes to the entry; empty for never. */
  evenAfter: string;
  /** Ticks beyond the entry at which it then is. */
  evenPlus: string;
}

/** What stands now. */
export interface Standing {
  stopPrice: string | null;
  takeProfit: string | null;
  trailTicks: number | null;
  breakEven: boolean;
}

export function formOf(standing: Standing): ProtectForm {
  return {
    stop: { unit: 'PRICE', text: standing.stopPrice ?? '' },
    target: { unit: 'PRICE', text: standing.takeProfit ?? '' },
    trail: standing.trailTicks === null ? '' : String(standing.trailTicks),
    evenAfter: '',
    evenPlus: '',
  };
}

export type ProtectReading =
  | { kind: 'REQUEST'; request: ProtectRequest }
  | { kind: 'NOTHING' }
  | { kind: 'FAULT'; words: string };

export function readForm(whom: Protected, form: ProtectForm, standing: Standing, stop: Leg, target: Leg): ProtectReading {
  const fault = stop.fault ?? target.fault ?? ticksFault('Trailing', form.trail) ?? evenFault(form);
  if (fault !== null) return { kind: 'FAULT', words: fault };
  if (form.stop.text.trim() === '' && standing.stopPrice !== null && form.trail.trim() === '') {
    return { kind: 'FAULT', words: 'The stop field is empty: press Remove stop to have none' };
  }
  if (form.target.text.trim() === '' && standing.takeProfit !== null) {
    return { kind: 'FAULT', words: 'The target field is empty: press Remove target to have none' };
  }
  const changes = {
    stop: stopChange(form, standing, stop),
    target: targetChange(form, standing, target),
    breakEven: evenChange(form),
  };
  const asked = Object.entries(changes).filter(([, change]) => change !== null);
  if (asked.length === 0) return { kind: 'NOTHING' };
  return { kind: 'REQUEST', request: { whom, ...Object.fromEntries(asked) } };
}

function stopChange(form: ProtectForm, standing: Standing, leg: Leg): StopChange | null {
  const trail = form.trail.trim();
  const wasTrailing = standing.trailTicks !== null;
  if (trail !== '' && trail !== String(standing.trailTicks ?? '')) return { kind: 'TRAIL', ticks: trail };
  const text = form.stop.text.trim();
  if (form.stop.unit !== 'PRICE') return leg.ticks === '' ? null : { kind: 'AWAY', ticks: leg.ticks };
  const moved = text !== '' && text !== standing.stopPrice;
  if (wasTrailing && trail === '') return { kind: 'FIX', price: text };
  return moved ? { kind: 'AT', price: text } : null;
}

function targetChange(form: ProtectForm, standing: Standing, leg: Leg): TargetChange | null {
  const text = form.target.text.trim();
  if (form.target.unit !== 'PRICE') return leg.ticks === '' ? null : { kind: 'AWAY', ticks: leg.ticks };
  return text !== '' && text !== standing.takeProfit ? { kind: 'AT', price: text } : null;
}

function evenChange(form: ProtectForm): BreakEvenChange | null {
  const afterTicks = form.evenAfter.trim();
  if (afterTicks === '') return null;
  const plusTicks = form.evenPlus.trim();
  return { kind: 'SET', afterTicks, plusTicks: plusTicks === '' ? null : plusTicks };
}

function evenFault(form: ProtectForm): string | null {
  const words = ticksFault('Break-even after', form.evenAfter);
  if (words !== null) return words;
  const plus = form.evenPlus.trim();
  if (plus === '') return null;
  if (!/^\d{1,6}$/.test(plus)) return 'Break-even plus: a whole number of ticks is needed';
  return form.evenAfter.trim() === '' ? 'Break-even after: ticks are needed' : null;
}

function ticksFault(name: string, text: string): string | null {
  const trimmed = text.trim();
  if (trimmed === '' || (/^\d{1,6}$/.test(trimmed) && Number(trimmed) > 0)) return null;
  return `${name}: a whole number of ticks, 1 or more, is needed`;
}

/** The stop goes to the entry with the next trade beyond it: one tick further than where it then is. */
export function toBreakEven(whom: Protected, plusTicks: number): ProtectRequest {
  const breakEven: BreakEvenChange = { kind: 'SET', afterTicks: String(plusTicks + 1), plusTicks: String(plusTicks) };
  return { whom, breakEven };
}
