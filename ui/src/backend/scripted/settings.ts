// The settings of the scripted desk, and what it does not take.

import { BackendFault } from '../backend';
import type { Settings } from '../types';

export const SCRIPTED_SETTINGS: Settings = {
  version: 1,
  broker: 'MOCK',
  ninjatrader: { host: '127.0.0.1', port: 36985, account: 'Sim101', username: '' },
  mock: {
    seed: '1',
    delayMsMin: 100,
    delayMsMax: 500,
    slippageTicksMin: 0,
    slippageTicksMax: 1,
    source: { kind: 'SIMULATED' },
    speed: 1,
  },
  trading: {
    shortSelling: false,
    orderMaxMinis: '5',
    positionMaxMinis: '5',
    defaultQty: 1,
    defaultSymbol: 'ENQ',
  },
};

/** The first setting that is wrong, or null. */
export function settingFault(settings: Settings): BackendFault | null {
  const { mock, trading, ninjatrader } = settings;
  const checks: [boolean, string, string][] = [
    [mock.delayMsMin <= mock.delayMsMax, 'mock.delayMsMin', 'must not be more than the longest delay'],
    [mock.delayMsMax <= 60_000, 'mock.delayMsMax', 'must be at most 60000 ms'],
    [
      mock.slippageTicksMin <= mock.slippageTicksMax,
      'mock.slippageTicksMin',
      'must not be more than the largest slippage',
    ],
    [mock.speed >= 0 && mock.speed <= 1000, 'mock.speed', 'must be from 1 to 1000'],
    [mock.source.kind !== 'FILE' || mock.source.path !== '', 'mock.source.path', 'name a tick file'],
    [ninjatrader.port >= 1 && ninjatrader.port <= 65_535, 'ninjatrader.port', 'must be from 1 to 65535'],
    [trading.defaultQty >= 1, 'trading.defaultQty', 'must be at least 1'],
    [/^\d+(\.\d)?$/.test(trading.orderMaxMinis), 'trading.orderMaxMinis', 'must be a number such as 5 or 0.5'],
    [
      /^\d+(\.\d)?$/.test(trading.positionMaxMinis),
      'trading.positionMaxMinis',
      'must be a number such as 5 or 0.5',
    ],
  ];
  const failed = checks.find(([holds]) => !holds);
  return failed === undefined ? null : new BackendFault('settings_invalid', failed[2], failed[1]);
}
