// What is being changed in place: one thing at a time. When it is put away the focus goes back to the
// button that opened it, or to its panel where that button has gone with its row.

export type Edited =
  | { kind: 'ORDER'; id: string }
  | { kind: 'LOT'; id: string }
  | { kind: 'POSITION'; id: string };

export class Editing {
  what = $state.raw<Edited | null>(null);

  is(kind: Edited['kind'], id: string): boolean {
    return this.what?.kind === kind && this.what.id === id;
  }

  toggle(what: Edited): void {
    this.what = this.is(what.kind, what.id) ? null : what;
  }

  close(): void {
    const what = this.what;
    this.what = null;
    if (what === null) return;
    const opener = document.querySelector<HTMLElement>(`[data-edits="${what.kind} ${what.id}"]`);
    const home = opener ?? document.querySelector<HTMLElement>('main');
    home?.focus();
  }
}
