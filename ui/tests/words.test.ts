import { describe, expect, it } from 'vitest';
import type { LogRow } from '../src/backend/types';
import { LOG_ACTIONS, reasonOf, sideOf } from '../src/core/log_words';
import { readReason, refusalWords } from '../src/core/reasons';
import { spoken } from '../src/core/speech';
import { haltWords, statusWords } from '../src/core/words';
import { logRow, logRows, STATUS } from './rows';

/** Every kind of row that the desk writes, with the words that its reader sees. */
const ROWS: readonly [row: Partial<LogRow>, words: string][] = [
  [{ action: 'SUBMIT', orderId: 'T7', status: 'PENDING' }, ''],
  [{ action: 'SUBMIT', orderId: 'L3-X1', status: 'PENDING' }, 'Exit of lot L3'],
  [{ action: 'SUBMIT', orderId: 'F0-C2-X1', status: 'PENDING' }, 'Exit of the flatten'],
  [{ action: 'ACCEPT', status: 'ACCEPTED' }, ''],
  [{ action: 'FILL', status: 'PARTIALLY_FILLED' }, ''],
  [{ action: 'REJECT', reason: 'short_selling_off', status: 'REJECTED' }, 'Short selling is off'],
  [{ action: 'REJECT', reason: 'position_limit', status: 'REJECTED' }, 'Position limit reached'],
  [
    { action: 'REJECT', reason: 'unknown_symbol', status: 'REJECTED' },
    'This desk does not have the symbol; choose one from the list',
  ],
  [{ action: 'FAIL', reason: 'broker_margin', status: 'FAILED' }, 'Not enough margin at the broker'],
  [{ action: 'FAIL', reason: 'never_sent', status: 'FAILED' }, 'It never reached the broker'],
  [{ action: 'CANCEL', reason: 'cancel_requested', status: 'ACCEPTED' }, 'Cancel asked for'],
  [{ action: 'CANCEL', status: 'CANCELLED' }, ''],
  [{ action: 'STOP' }, 'Stop loss fired; its exit goes out'],
  [{ action: 'TARGET' }, 'Take profit fired; its exit goes out'],
  [{ action: 'FLATTEN', reason: 'flatten_started' }, 'Started; entries wait for its end'],
  [{ action: 'FLATTEN', reason: 'flatten_already_under_way' }, 'Pressed again; the one under way answers'],
  [{ action: 'FLATTEN', reason: 'exits_sent' }, 'Cancels are done; exits go out'],
  [{ action: 'FLATTEN', reason: 'flatten_answered', status: 'FLAT' }, 'Everything is flat'],
  [{ action: 'FLATTEN', reason: 'flatten_answered', status: 'NOT_FLAT' }, 'NOT FLAT: the desk tries on'],
  [{ action: 'FLATTEN', reason: 'late_fills_no_longer_watched' }, 'Late fills are no longer watched for'],
  [{ action: 'CLOSE', status: 'CLOSED' }, 'Nothing of it is open'],
  [{ action: 'ALARM', reason: 'answer_overdue' }, 'No answer from the broker; it counts until one comes'],
  [{ action: 'ALARM', reason: 'unprotected' }, 'UNPROTECTED: every exit was refused'],
  [{ action: 'ALARM', reason: 'the prices have ended: line 3' }, 'the prices have ended: line 3'],
  [{ action: 'HALT', reason: 'kill_switch_on' }, 'Entries halted by the trader'],
  [{ action: 'HALT', reason: 'exits_beyond_position' }, 'Exits beyond the position; entries are stopped'],
];

describe('rows of the log', () => {
  it.each(ROWS)('read as words, once: %j', (change, words) => {
    const row = logRow(1, { reason: null, ...change });
    const reason = reasonOf(row);
    expect(reason.words).toBe(words);
    // No code is shown, neither alone nor beside its words.
    expect(reason.words).not.toMatch(/[a-z]_[a-z]/);
  });

  it('of every action are among them', () => {
    expect(new Set(ROWS.map(([{ action }]) => action))).toEqual(new Set(LOG_ACTIONS));
  });

  it('keep the code beside the words', () => {
    expect(reasonOf(logRow(1, { action: 'FLATTEN', reason: 'flatten_started' })).code).toBe('flatten_started');
  });

  it.each([
    [{ action: 'FILL', side: 'BUY' }, '↑ Buy'],
    [{ action: 'FILL', side: 'SELL' }, '↓ Sell'],
    // A stop of a long lot sells: its side is the lot's.
    [{ action: 'STOP', side: 'BUY' }, '↑ Long'],
    [{ action: 'TARGET', side: 'SELL' }, '↓ Short'],
    [{ action: 'ALARM', side: 'BUY', reason: 'exit_slow' }, '↑ Long'],
    [{ action: 'ALARM', side: 'BUY', reason: 'late_fill' }, '↑ Buy'],
    [{ action: 'HALT', side: null }, ''],
  ] as const)('say the side of the order, or of the lot: %j', (change, words) => {
    expect(sideOf(logRow(1, change))).toBe(words);
  });

  it.each([
    ['PENDING', 'sending'],
    ['FAILED', 'failed'],
    ['NOT_FLAT', 'not flat'],
    ['SOMETHING', 'something'],
    [null, ''],
  ])('say the state %j', (status, words) => {
    expect(statusWords(status)).toBe(words);
  });
});

describe('reasons', () => {
  it.each([
    [null, { words: '', code: null }],
    ['bad_qty', { words: 'Quantity is not valid', code: 'bad_qty' }],
    ['bad_qty: quantity "0" is not whole', { words: 'Quantity "0" is not whole', code: 'bad_qty' }],
    ['some_new_code', { words: 'Some new code', code: 'some_new_code' }],
    ['lot 3', { words: 'lot 3', code: null }],
    ['flatten', { words: 'Flatten', code: null }],
  ])('are read: %j', (text, expected) => {
    expect(readReason(text)).toEqual(expected);
  });

  it('of a refusal are the sentence of the desk', () => {
    expect(refusalWords('killed', 'the kill switch is on')).toBe('The kill switch is on');
    expect(refusalWords('killed', null)).toBe('Entries are halted');
  });

  it('never send a reader of the window to a command line', () => {
    expect(refusalWords('unknown_symbol', 'no instrument "XX"; `phantom instruments` lists them')).toBe(
      'This desk does not have the symbol; choose one from the list',
    );
  });
});

describe('words', () => {
  it('name everything that halts entries', () => {
    expect(haltWords({ ...STATUS, killed: true, latched: true })).toEqual(['Entries halted', 'Stopped after a fault']);
    expect(haltWords(STATUS)).toEqual([]);
  });

  it('said aloud are one sentence for many rows', () => {
    expect(spoken(logRows(1, 3))).toBe('3 fills');
    expect(spoken([logRow(1), logRow(2, { action: 'REJECT', reason: 'bad_qty' })])).toBe(
      'bought 1 NQ at 21000.25, 1 refused: Quantity is not valid',
    );
    expect(spoken([logRow(1, { action: 'ACCEPT' })])).toBe('');
  });
});
