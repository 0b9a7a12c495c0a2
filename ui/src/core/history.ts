// The history of an account in words. The journal tells facts; what they are called here is for people.

import type { HistoryLine, HistoryQuestion } from '../backend/types';

/** Kinds of facts that a person looks for together. */
export interface HistoryGroup {
  id: string;
  words: string;
  kinds: readonly string[];
}

export const HISTORY_GROUPS: readonly HistoryGroup[] = [
  { id: 'ALL', words: 'Everything', kinds: [] },
  {
    id: 'ORDERS',
    words: 'Orders',
    kinds: [
      'orderSubmitted',
      'orderAccepted',
      'orderFilled',
      'orderCancelled',
      'orderFailed',
      'orderClosed',
      'orderRejected',
      'orderUnknown',
      'orderChanged',
      'cancelRequested',
      'cancelRefused',
      'changeAsked',
      'changeRefused',
      'changeRejected',
      'outsideOrderSeen',
    ],
  },
  { id: 'FILLS', words: 'Fills', kinds: ['orderFilled', 'fillBusted', 'fillCorrected', 'fillDoubted', 'positionAdjusted'] },
  { id: 'REFUSALS', words: 'Refusals', kinds: ['orderRejected', 'orderFailed', 'changeRejected', 'protectionRejected'] },
  {
    id: 'STOPS',
    words: 'Stops and targets',
    kinds: [
      'phantomFired',
      'phantomTouched',
      'phantomPassed',
      'phantomWatches',
      'exitFound',
      'exitWaiting',
      'protectionSet',
      'protectionRejected',
      'breakEvenReached',
      'trailsMoved',
      'lotUnprotected',
    ],
  },
  {
    id: 'FLATTENS',
    words: 'Flattens',
    kinds: [
      'flattenStarted',
      'flattenJoined',
      'flattenExiting',
      'flattenAnswered',
      'flattenReopened',
      'flattenSettled',
      'flattenEnded',
    ],
  },
  { id: 'LOTS', words: 'Lots', kinds: ['lotOpened', 'lotGrew', 'lotReduced', 'lotUnwound', 'reductionUndone'] },
  { id: 'RULES', words: 'Rules and halts', kinds: ['rule', 'halted', 'latched', 'contractLatched'] },
  { id: 'ALARMS', words: 'Alarms', kinds: ['alarmRaised', 'feedLost', 'feedBack', 'printDoubted', 'journalLost'] },
  {
    id: 'RUNS',
    words: 'Starts and connection',
    kinds: [
      'returned',
      'gapClosed',
      'linkChanged',
      'reconciled',
      'dayStarted',
      'positionDiffers',
      'differenceConfirmed',
      'differenceDismissed',
      'differenceGone',
    ],
  },
];

/** Shorter or plainer than the name that the journal has. */
const KIND_WORDS: Readonly<Record<string, string>> = {
  orderSubmitted: 'Order sent',
  orderAccepted: 'Order accepted',
  orderFilled: 'Fill',
  orderCancelled: 'Order cancelled',
  orderFailed: 'Order failed',
  orderClosed: 'Order closed',
  orderRejected: 'Order refused',
  orderUnknown: 'Order unknown',
  phantomFired: 'Stop or target fired',
  protectionSet: 'Stop and target set',
  protectionRejected: 'Stop or target refused',
  flattenExiting: 'Flatten sends exits',
  rule: 'Rules',
  alarmRaised: 'Alarm',
  returned: 'Started again',
  linkChanged: 'Connection',
  reconciled: 'Broker compared',
};

export function kindWords(kind: string): string {
  const known = KIND_WORDS[kind];
  if (known !== undefined) return known;
  const spaced = kind.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** Fields that stand in columns of their own already. */
const SHOWN = new Set(['seq', 'at', 'kind', 'words', 'market', 'contract', 'order', 'lot', 'flatten', 'wall', 'monoNs', 'origin']);

/** The fields of a fact on one line; a refusal is its own words. */
export function detailOf({ line, words }: Pick<HistoryLine, 'line' | 'words'>): string {
  let fields: unknown;
  try {
    fields = JSON.parse(line);
  } catch {
    return line;
  }
  if (typeof fields !== 'object' || fields === null) return line;
  const parts = Object.entries(fields)
    .filter(([name, value]) => !SHOWN.has(name) && value !== null)
    .map(([name, value]) => `${name} ${textOf(value)}`);
  return [...(words === null ? [] : [words]), ...parts].join(' · ');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The lot or flatten whose receipt tells more. */
export function receiptOfFact({ kind, about }: Pick<HistoryLine, 'kind' | 'about'>): string | null {
  const id = /^([LF]\d+)(?:-|$)/.exec(about ?? '')?.[1] ?? null;
  if (id === null) return null;
  return id.startsWith('F') || kind === 'phantomFired' || (about ?? '').includes('-X') ? id : null;
}

/** What is looked for, as the window holds it. */
export interface HistorySearch {
  text: string;
  symbol: string;
  group: string;
  day: string;
}

export const NO_SEARCH: HistorySearch = { text: '', symbol: '', group: 'ALL', day: '' };

export function questionOf(search: HistorySearch, before: number | null): HistoryQuestion {
  const group = HISTORY_GROUPS.find(({ id }) => id === search.group);
  return { text: search.text.trim(), symbol: search.symbol, kinds: [...(group?.kinds ?? [])], day: search.day, before };
}
