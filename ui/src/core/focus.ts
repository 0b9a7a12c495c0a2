// The focus never falls off the page. What takes it away with itself gives it to a place where nothing
// is sent by the next key: never to a button that trades.

/** Where the keyboard goes on: the open dialog, or else the panels. */
export function focusHome(): void {
  const dialog = document.querySelector<HTMLElement>('[role="dialog"]');
  if (dialog === null) focusPanels();
  else dialog.focus();
}

export function focusPanels(): void {
  document.querySelector<HTMLElement>('main')?.focus();
}

/** Whether nothing has the focus. */
export function isFocusLost(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}
