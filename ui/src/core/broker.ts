// The connection to the broker in short words. Its sentences come from the desk.

import type { AccountKind, BrokerLink, ConnectionFound, DeskMode, LinkStage } from '../backend/types';

const STAGES: Readonly<Record<LinkStage, string>> = {
  CONNECTING: 'connecting…',
  WAITING: 'not connected',
  READING: 'reading the account…',
  TAKING_OVER: 'taking over stops…',
  AWAITS_CONFIRMATION: 'type its name first',
  PLATFORM_DOWN: 'no broker there',
  UP: 'connected',
  STUCK: 'not connected',
};

/** What stands beside the word of the mode: which account it is, or why it is none yet. */
export function modeNote(mode: DeskMode, link: BrokerLink): string {
  if (mode === 'OFFLINE' || link.account === null) return STAGES[link.stage];
  if (link.stage !== 'UP') return `${link.account}: ${STAGES[link.stage]}`;
  return mode === 'LIVE' ? `REAL MONEY · ${link.account}` : `NinjaTrader · ${link.account}`;
}

/** The account with who provides it, as it stands over the orders. */
export function accountWords(account: string, link: BrokerLink | null): string {
  const provider = link?.provider ?? null;
  return provider === null ? account : `${link?.account ?? account} · ${provider}`;
}

/** How often it was tried, and when it is tried again. */
export function retryWords(link: BrokerLink): string {
  if (link.stage !== 'WAITING') return '';
  const tried = link.attempts === 1 ? '1 try failed' : `${link.attempts} tries failed`;
  if (link.retryInMs === null) return tried;
  return `${tried}; the next one in ${Math.ceil(link.retryInMs / 1000)} s`;
}

/** Whether the line about the connection has something to say. */
export function needsAWord(link: BrokerLink | null): link is BrokerLink {
  return link !== null && (link.stage !== 'UP' || link.warnings.length > 0);
}

export function kindWords(kind: AccountKind | null): string {
  switch (kind) {
    case 'SIM':
      return 'SIM: no money';
    case 'LIVE':
      return 'LIVE: REAL MONEY';
    case null:
      return 'not told yet';
  }
}

export function latencyWords(micros: number | null): string {
  if (micros === null) return '–';
  return micros < 1000 ? `${micros} µs` : `${(micros / 1000).toFixed(1)} ms`;
}

/** What a test of the connection found, line by line. */
export function foundRows(found: ConnectionFound): [name: string, value: string][] {
  return [
    ['AddOn', found.server ?? '–'],
    ['Platform', found.platform ?? '–'],
    ['Account', found.account ?? '–'],
    ['Provider', found.provider ?? '–'],
    ['Kind', kindWords(found.kind)],
    ['Latency', latencyWords(found.latencyMicros)],
  ];
}
