// What a page in a plain browser cannot have: a broker, a data folder, a sound. It says so.

import { COMMAND_WORDS, EVENT_WORDS } from '../../core/api';
import { BackendFault } from '../backend';
import type { AboutAnswer, ConnectionFound, FolderAnswer, SoundAnswer } from '../types';

export function testConnection(host: string, port: number): Promise<ConnectionFound> {
  return Promise.reject(new BackendFault('not_connected', `a browser page cannot connect to ${host}:${port}`));
}

export function about(): Promise<AboutAnswer> {
  return Promise.resolve({
    version: __APP_VERSION__,
    shell: 'none',
    webView: null,
    bridge: 1,
    licences: [],
    commands: Object.keys(COMMAND_WORDS),
    events: Object.keys(EVENT_WORDS),
  });
}

export function dataFolder(): Promise<FolderAnswer> {
  return Promise.resolve({ path: 'nowhere', bytes: '0', freeBytes: null, files: 0, journal: null, settings: 'nowhere' });
}

export function openDataFolder(): Promise<void> {
  return Promise.reject(new BackendFault('bad_request', 'a browser page has no data folder'));
}

export function trySound(): Promise<SoundAnswer> {
  return Promise.resolve({ played: false, words: 'a browser page makes no sound' });
}
