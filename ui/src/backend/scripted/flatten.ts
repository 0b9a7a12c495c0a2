// A flatten of the scripted desk: what it has done so far, and its receipt.

import type { ClosedPosition, FlattenAnswer, FlattenProgress, FlattenReceipt } from '../types';
import type { ScriptedOrder } from './book';

export interface Flatten {
  id: string;
  startedAt: string;
  startedMs: number;
  deadlineMs: number;
  cancelled: string[];
  exits: ScriptedOrder[];
  closed: ClosedPosition[];
  answer: (answer: FlattenAnswer) => void;
}

export function progressOf(flatten: Flatten, stage: FlattenProgress['stage'], elapsedMs: number): FlattenProgress {
  const filled = flatten.exits.filter((order) => order.fillTicks !== null);
  const sum = (orders: readonly ScriptedOrder[]): number => orders.reduce((total, order) => total + order.qty, 0);
  const since = elapsedMs - flatten.startedMs;
  return {
    flatten: flatten.id,
    stage,
    startedAt: flatten.startedAt,
    cancelsAsked: flatten.cancelled.length,
    cancelsAnswered: flatten.cancelled.length,
    exitsSent: flatten.exits.length,
    exitsFailed: 0,
    contractsSent: sum(flatten.exits),
    contractsFilled: sum(filled),
    lastFailure: null,
    cancelledMs: flatten.cancelled.length === 0 ? null : 0,
    exitsMs: flatten.exits.length === 0 ? null : 0,
    filledMs: filled.length === 0 ? null : since,
    answeredMs: stage === 'EXITING' ? null : since,
  };
}

export function receiptOf(flatten: Flatten, answer: FlattenAnswer, answeredAt: string): FlattenReceipt {
  return { flatten: flatten.id, beganAt: flatten.startedAt, answeredAt, revisions: 0, answer };
}
