// The history that is looked at: one search at a time, a page after the other. An answer to an older
// question is dropped.

import { type Backend, readFault } from '../backend/backend';
import type { BundleAnswer, HistoryIndex, HistoryLine } from '../backend/types';
import { type HistorySearch, NO_SEARCH, questionOf } from '../core/history';
import { faultWords } from '../core/words';

type Asked = Pick<Backend, 'history' | 'historyIndex' | 'exportHistory' | 'disputeBundle'>;

export class History {
  search = $state<HistorySearch>({ ...NO_SEARCH });
  rows = $state.raw<readonly HistoryLine[]>([]);
  index = $state.raw<HistoryIndex>({ days: [], symbols: [] });
  /** Where the next page begins; null when there is none. */
  older = $state<number | null>(null);
  loading = $state(false);
  fault = $state<string | null>(null);
  /** What was written last, or why it was not. */
  said = $state('');
  bundle = $state.raw<BundleAnswer | null>(null);
  writing = $state(false);

  #question = 0;

  constructor(private readonly backend: Asked) {}

  /** Reads what there is to filter by, and the first page. */
  async open(): Promise<void> {
    try {
      this.index = await this.backend.historyIndex();
    } catch {
      // The page says what is wrong.
    }
    await this.look();
  }

  /** The first page of the search as it is now. */
  async look(): Promise<void> {
    await this.#read(null);
  }

  /** The next page; nothing while one is on its way. */
  async more(): Promise<void> {
    if (this.older !== null && !this.loading) await this.#read(this.older);
  }

  async save(): Promise<void> {
    await this.#write(async () => {
      const { path, facts } = await this.backend.exportHistory(this.search.day);
      this.said = `${facts.toLocaleString('en-US')} facts written to ${path}`;
    });
  }

  async dispute(): Promise<void> {
    this.bundle = null;
    await this.#write(async () => {
      this.bundle = await this.backend.disputeBundle(this.search.day);
    });
  }

  async #read(before: number | null): Promise<void> {
    const question = ++this.#question;
    this.loading = true;
    this.fault = null;
    try {
      const page = await this.backend.history(questionOf(this.search, before));
      if (question !== this.#question) return;
      this.rows = before === null ? page.rows : [...this.rows, ...page.rows];
      this.older = page.older;
    } catch (thrown) {
      if (question !== this.#question) return;
      if (before === null) this.rows = [];
      this.older = null;
      this.fault = faultWords(readFault(thrown));
    }
    this.loading = false;
  }

  async #write(what: () => Promise<void>): Promise<void> {
    if (this.writing) return;
    this.writing = true;
    this.said = '';
    try {
      await what();
    } catch (thrown) {
      this.said = `Not written. ${faultWords(readFault(thrown))}`;
    } finally {
      this.writing = false;
    }
  }
}
