// The keys that buy and sell. They are off at the start and whenever the trader has looked away: another
// window, a screen that is not live. Only the trader switches them on.

import type { Side } from '../backend/types';
import type { Ticket } from './ticket.svelte';

const FIELDS = 'input, select, textarea, [contenteditable]';

export class OrderKeys {
  on = $state(false);

  constructor(private readonly ticket: Pick<Ticket, 'press'>) {}

  /** A key press for one side. A held key, and one typed into a field or under a dialog, is none. */
  press(side: Side, event: KeyboardEvent, dialogOpen: boolean): void {
    if (!this.on || dialogOpen || event.repeat || event.isComposing) return;
    if (event.target instanceof Element && event.target.closest(FIELDS) !== null) return;
    event.preventDefault();
    this.ticket.press(side);
  }
}
