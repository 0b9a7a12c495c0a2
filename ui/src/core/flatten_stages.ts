// A flatten in four stages. It is over only with the fourth: the broker's reports say flat and nothing works.

import type { FlattenProgress } from '../backend/types';

export interface FlattenStep {
  name: string;
  state: 'WAITING' | 'RUNNING' | 'DONE' | 'FAILED';
  words: string;
  /** From the press; null while it is not known. */
  ms: number | null;
}

/** Whether it has answered. */
export function isOver({ stage }: FlattenProgress): boolean {
  return stage === 'FLAT' || stage === 'NOT_FLAT';
}

export function stagesOf(flatten: FlattenProgress): FlattenStep[] {
  const over = isOver(flatten);
  const cancelled = flatten.cancelsAnswered >= flatten.cancelsAsked;
  const left = flatten.exitsSent > 0 || over;
  const filled = flatten.contractsFilled >= flatten.contractsSent;
  return [
    {
      name: 'Orders cancelled',
      state: cancelled ? 'DONE' : over ? 'FAILED' : 'RUNNING',
      words: flatten.cancelsAsked === 0 ? 'none were working' : `${flatten.cancelsAnswered} of ${flatten.cancelsAsked}`,
      ms: flatten.cancelledMs,
    },
    {
      name: 'Exits sent',
      state: left ? 'DONE' : flatten.stage === 'CANCELLING' ? 'WAITING' : 'RUNNING',
      words: flatten.exitsSent === 0 ? (over ? 'nothing was open' : '') : String(flatten.exitsSent),
      ms: flatten.exitsMs,
    },
    {
      name: 'Contracts filled',
      state: !left ? 'WAITING' : filled ? 'DONE' : over ? 'FAILED' : 'RUNNING',
      words: flatten.contractsSent === 0 ? '' : `${flatten.contractsFilled} of ${flatten.contractsSent}`,
      ms: flatten.filledMs,
    },
    {
      name: 'Broker says flat',
      state: flatten.stage === 'FLAT' ? 'DONE' : flatten.stage === 'NOT_FLAT' ? 'FAILED' : 'WAITING',
      words: flatten.stage === 'FLAT' ? 'nothing open, nothing working' : flatten.stage === 'NOT_FLAT' ? 'STILL OPEN: the desk tries on' : '',
      ms: flatten.answeredMs,
    },
  ];
}
