// The sounds by their names.

import type { SoundKind, Sounds } from '../backend/types';

/** As the desk has it where nothing was chosen. */
export const DEFAULT_SOUNDS: Sounds = { volume: 50, off: [] };

export const SOUND_NAMES: Readonly<Record<SoundKind, string>> = {
  FILL: 'Fill',
  REFUSAL: 'Refused, by the desk or the broker',
  STOP: 'Stop fired',
  UNPROTECTED: 'Contracts without protection',
  BLIND: 'No prices, or the broker is lost',
  FLAT: 'Flatten: flat',
  NOT_FLAT: 'Flatten: NOT FLAT',
  LOCKOUT: 'Locked out',
};

export const SOUND_KINDS = Object.keys(SOUND_NAMES) as readonly SoundKind[];
