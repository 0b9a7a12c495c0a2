// The settings of the desk as the window last read them.

import { type Backend, readFault } from '../backend/backend';
import type { Settings } from '../backend/types';
import { faultWords } from '../core/words';

export class SettingsStore {
  current = $state.raw<Settings | null>(null);
  fault = $state<string | null>(null);

  constructor(private readonly backend: Backend) {}

  async read(): Promise<void> {
    try {
      this.current = await this.backend.getSettings();
      this.fault = null;
    } catch (thrown) {
      this.fault = faultWords(readFault(thrown));
    }
  }

  /** Throws what the desk said; the caller shows it where the setting is. */
  async save(settings: Settings): Promise<void> {
    this.current = await this.backend.saveSettings(settings);
    this.fault = null;
  }

  async setShortSelling(on: boolean): Promise<void> {
    if (this.current === null) return;
    try {
      await this.save({ ...this.current, trading: { ...this.current.trading, shortSelling: on } });
    } catch (thrown) {
      this.fault = faultWords(readFault(thrown));
    }
  }
}
