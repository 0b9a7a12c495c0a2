// The desk behind the shell. The only file that knows of Tauri.

import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { Backend, DeskListener, FlattenListener } from './backend';
import type { DeskUpdateEvent, FlattenNews, OrderLogEvent, PositionUpdateEvent } from './types';

export const shell: Backend = {
  kind: 'SHELL',
  placeBuy: (order) => invoke('placeBuy', { order }),
  placeSell: (order) => invoke('placeSell', { order }),
  flattenAll: () => invoke('flattenAll'),
  cancelOrder: (orderId) => invoke('cancelOrder', { orderId }),
  canSubmitOrder: (order) => invoke('canSubmitOrder', { order }),
  changeOrder: (change) => invoke('changeOrder', { change }),
  protect: (what) => invoke('protect', { what }),
  closePosition: (symbol, part) => invoke('closePosition', { symbol, part }),
  decideDifference: (decision) => invoke('decideDifference', { decision }),
  liftLatch: (symbol) => invoke('liftLatch', { symbol }),
  reconcile: () => invoke('reconcile'),
  setKill: (on) => invoke('setKill', { on }),
  snapshot: () => invoke('snapshot'),
  instruments: () => invoke('instruments'),
  getSettings: () => invoke('getSettings'),
  saveSettings: (settings) => invoke('saveSettings', { settings }),
  connectBroker: () => invoke('connectBroker'),
  setPassword: (password) => invoke('setPassword', { password }),
  testConnection: (to) => invoke('testConnection', { to }),
  confirmLive: (typed) => invoke('confirmLive', { typed }),
  about: () => invoke('about'),
  dataFolder: () => invoke('dataFolder'),
  openDataFolder: () => invoke('openDataFolder'),
  trySound: (kind, volume) => invoke('trySound', { kind, volume }),
  marketControl: (what) => invoke('marketControl', { what }),
  rulesPanel: (symbols) => invoke('rulesPanel', { symbols }),
  rulePacks: () => invoke('rulePacks'),
  ruleSettings: (choice) => invoke('ruleSettings', { choice }),
  lockOut: (until) => invoke('lockOut', { until }),
  lockLimits: () => invoke('lockLimits'),
  switchOn: () => invoke('switchOn'),
  recovery: () => invoke('recovery'),
  exitPassed: (lot) => invoke('exitPassed', { lot }),
  history: (wanted) => invoke('history', { wanted }),
  historyIndex: () => invoke('historyIndex'),
  exportHistory: (day) => invoke('exportHistory', { day }),
  disputeBundle: (day) => invoke('disputeBundle', { day }),
  triggerReceipt: (lot) => invoke('triggerReceipt', { lot }),
  flattenReceipts: () => invoke('flattenReceipts'),
  saveText: (name, text) => invoke('saveText', { name, text }),
  subscribe,
  whenFlattenedElsewhere,
  whenSettingsAsked: (open) => listen('open-settings', open),
};

async function subscribe(listener: DeskListener): Promise<() => void> {
  return endOfAll([
    listen<OrderLogEvent>('order-log', (event) => listener.orderLog(event.payload)),
    listen<PositionUpdateEvent>('position-update', (event) => listener.positionUpdate(event.payload)),
    listen<DeskUpdateEvent>('desk-update', (event) => listener.deskUpdate(event.payload)),
  ]);
}

function whenFlattenedElsewhere(listener: FlattenListener): Promise<() => void> {
  return listen<FlattenNews>('flatten-news', ({ payload }) => {
    switch (payload.stage) {
      case 'UNDER_WAY':
        return listener.started();
      case 'ANSWERED':
        return listener.answered(payload.answer);
      case 'FAILED':
        return listener.failed(payload.fault);
    }
  });
}

async function endOfAll(listening: Promise<() => void>[]): Promise<() => void> {
  const ends = await Promise.all(listening);
  return () => {
    for (const end of ends) end();
  };
}
