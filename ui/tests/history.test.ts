import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BackendFault } from '../src/backend/backend';
import { detailOf, kindWords, NO_SEARCH, questionOf, receiptOfFact } from '../src/core/history';
import { ageText, msBetween, slippageWords, triggerRule } from '../src/core/receipt_words';
import { History } from '../src/state/history.svelte';
import { button, buyOne, fireAStop, layOut, open, showTab } from './window';

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  localStorage.clear();
});

describe('a fact in words', () => {
  it('has a name, its fields on one line, and a refusal in its own words', () => {
    expect(kindWords('orderFilled')).toBe('Fill');
    expect(kindWords('lotUnprotected')).toBe('Lot unprotected');
    const line = '{"seq":4,"at":"2026-11-23T14:30:00Z","kind":"orderFilled","order":"T1","exec":"E1","qty":2,"price":"1320.1","market":"GC 12-26"}';
    expect(detailOf({ line, words: null })).toBe('exec E1 · qty 2 · price 1320.1');
    expect(detailOf({ line: '{"kind":"orderRejected"}', words: 'killed: entries are halted' })).toBe('killed: entries are halted');
    expect(detailOf({ line: 'this version cannot read it', words: null })).toBe('this version cannot read it');
  });

  it('leads to a receipt where there is one', () => {
    expect(receiptOfFact({ kind: 'phantomFired', about: 'L3' })).toBe('L3');
    expect(receiptOfFact({ kind: 'orderFilled', about: 'L3-X1' })).toBe('L3');
    expect(receiptOfFact({ kind: 'orderFilled', about: 'F0-C2-X1' })).toBe('F0');
    expect(receiptOfFact({ kind: 'lotOpened', about: 'L3' })).toBeNull();
    expect(receiptOfFact({ kind: 'orderFilled', about: 'T1' })).toBeNull();
  });

  it('is asked for by what was chosen', () => {
    expect(questionOf({ ...NO_SEARCH, text: ' T1 ', group: 'FILLS' }, 9)).toMatchObject({ text: 'T1', before: 9 });
    expect(questionOf({ ...NO_SEARCH, group: 'FILLS' }, null).kinds).toContain('orderFilled');
    expect(questionOf(NO_SEARCH, null).kinds).toEqual([]);
  });
});

describe('the pages of a history', () => {
  const page = (from: number, older: number | null) => ({
    rows: [{ seq: from, at: '', day: '', kind: 'orderFilled', about: null, contract: null, cause: null, words: null, line: '{}' }],
    older,
  });

  it('follow one another, and an answer to an older question is dropped', async () => {
    const answers: ((answer: ReturnType<typeof page>) => void)[] = [];
    const backend = {
      history: vi.fn(() => new Promise<ReturnType<typeof page>>((answer) => answers.push(answer))),
      historyIndex: () => Promise.resolve({ days: [], symbols: [] }),
      exportHistory: () => Promise.reject(new Error('not asked for')),
      disputeBundle: () => Promise.reject(new Error('not asked for')),
    };
    const history = new History(backend);
    const first = history.look();
    history.search.text = 'T1';
    const second = history.look();
    answers[1]?.(page(9, 9));
    answers[0]?.(page(100, null));
    await Promise.all([first, second]);
    expect(history.rows.map((row) => row.seq)).toEqual([9]);
    const more = history.more();
    await history.more();
    expect(backend.history).toHaveBeenCalledTimes(3);
    answers[2]?.(page(4, null));
    await more;
    expect(history.rows.map((row) => row.seq)).toEqual([9, 4]);
    await history.more();
    expect(backend.history).toHaveBeenCalledTimes(3);
  });
});

describe('the history in the window', () => {
  it('is read from the journal, filtered, and searched', async () => {
    layOut();
    const { desk } = await open();
    await buyOne(desk);
    const asked = vi.spyOn(desk, 'history');
    await showTab('History');
    const table = await screen.findByRole('table', { name: 'History' });
    await within(table).findByText('Fill');
    await fireEvent.change(screen.getByRole('combobox', { name: 'Kind of the history' }), { target: { value: 'REFUSALS' } });
    await screen.findByText('Nothing in the history matches.');
    await fireEvent.change(screen.getByRole('combobox', { name: 'Kind of the history' }), { target: { value: 'ALL' } });
    await fireEvent.change(screen.getByRole('combobox', { name: 'Symbol of the history' }), { target: { value: 'NQ' } });
    await waitFor(() => expect(asked).toHaveBeenLastCalledWith(expect.objectContaining({ symbol: 'NQ', kinds: [] })));
    await fireEvent.input(screen.getByRole('searchbox', { name: 'Search the history' }), { target: { value: 'orderfilled' } });
    await waitFor(() => expect(screen.getByRole('status', { name: 'History read' }).textContent).toBe('1 fact'));
  });

  it('says what is wrong, and reads again', async () => {
    const { desk } = await open();
    const asked = vi.spyOn(desk, 'history').mockRejectedValueOnce(new BackendFault('bad_request', 'this market is not recorded'));
    await showTab('History');
    await screen.findByText(/The history cannot be read: .*this market is not recorded/);
    await fireEvent.click(button('Try again'));
    await waitFor(() => expect(screen.queryByText(/cannot be read/)).toBeNull());
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it('writes a dispute bundle with one press and says what it holds', async () => {
    const { desk } = await open();
    await buyOne(desk);
    await showTab('History');
    await fireEvent.click(button('Dispute bundle'));
    await screen.findByText(/Dispute bundle written/);
    expect(screen.getByText(/receipts\.csv, verification\.txt/)).toBeTruthy();
    expect(screen.getByText(/records of the journal are what was written/)).toBeTruthy();
    await fireEvent.click(button('Dismiss the dispute bundle'));
    vi.spyOn(desk, 'disputeBundle').mockResolvedValueOnce({ ...(await desk.disputeBundle('')), damage: 'record 7 is not what was written' });
    await fireEvent.click(button('Dispute bundle'));
    await screen.findByText(/NOT WHOLE: record 7 is not what was written/);
  });
});

describe('receipts', () => {
  it('tell the rule, the age of the trade and what came when', () => {
    const price = (text: string) => text;
    expect(triggerRule({ side: 'BUY', leg: 'STOP', level: '99.00' }, price)).toContain('first trade at or below 99.00');
    expect(triggerRule({ side: 'BUY', leg: 'TARGET', level: '99.00' }, price)).toContain('at or above');
    expect(triggerRule({ side: 'SELL', leg: 'STOP', level: '99.00' }, price)).toContain('at or above');
    expect(triggerRule({ side: 'SELL', leg: 'TARGET', level: null }, price)).toContain('found at the broker');
    expect([ageText(180), ageText(4_200_000), ageText(null)]).toEqual(['0.18 ms', '4.2 s', 'unknown']);
    expect(msBetween('2026-11-23T14:30:00.0000001Z', '2026-11-23T14:30:00.2500001Z')).toBe('+250.00 ms');
    expect(msBetween('2026-11-23T14:30:00Z', null)).toBe('');
    expect(slippageWords({ slippageTicks: 2, slippage: '10.00' })).toBe('2 ticks worse, \u221210.00 over all contracts');
    expect(slippageWords({ slippageTicks: -1, slippage: '-5.00' })).toBe('1 tick better, +5.00 over all contracts');
  });

  it('of a stop is reached from the log and from the closed trade', async () => {
    layOut();
    const { desk } = await open();
    await fireAStop(desk);
    await fireEvent.click((await screen.findAllByRole('button', { name: /^Receipt of L0, row/ }))[0] as HTMLElement);
    const dialog = await screen.findByRole('dialog', { name: 'Receipt of lot L0' });
    await within(dialog).findByText(/^The stop of a long lot fires/);
    expect(within(within(dialog).getByRole('table', { name: 'Exits of L0' })).getByText('L0-X1')).toBeTruthy();
    await fireEvent.click(within(dialog).getByRole('button', { name: 'Close' }));
    await showTab('Trades');
    await fireEvent.click(await screen.findByRole('button', { name: 'Receipt of L0, trade 1' }));
    await screen.findByRole('dialog', { name: 'Receipt of lot L0' });
  });

  it('of a flatten is opened again from the log', async () => {
    layOut();
    const { desk } = await open();
    await buyOne(desk);
    await fireEvent.click(button('Flatten all'));
    desk.advance(2_000);
    await fireEvent.click(await screen.findByRole('button', { name: 'Dismiss the flatten result' }));
    await fireEvent.click((await screen.findAllByRole('button', { name: /^Receipt of F0/ }))[0] as HTMLElement);
    const dialog = await screen.findByRole('dialog', { name: 'Receipt of flatten F0' });
    await within(dialog).findByText(/Flat: nothing open/);
    expect(within(dialog).getByRole('table', { name: 'Closed by F0' })).toBeTruthy();
  });
});
