import { describe, expect, it } from 'vitest';
import { BackendFault, readFault } from '../src/backend/backend';
import { PRODUCTS } from '../src/backend/scripted/products';
import type { OrderQuestion, Verdict } from '../src/backend/types';
import { type Draft, legOf, legWords, priceFault, readBack, requestOf } from '../src/core/draft';
import { GateQuestions, type Verdicts } from '../src/core/gate_questions';
import { clockTimeMs, marketDay } from '../src/core/market_time';
import { PressGuard } from '../src/core/press_guard';
import { faultWords } from '../src/core/words';

const NQ = PRODUCTS[0];
if (NQ === undefined) throw new Error('no products');

const DRAFT: Draft = { symbol: 'ENQ', qty: '2', type: 'LIMIT', price: '21000.00', stopPrice: '', takeProfit: '' };

describe('a draft', () => {
  it('becomes a request with null where nothing is typed', () => {
    expect(requestOf({ ...DRAFT, qty: ' 2 ', takeProfit: ' 21010 ' })).toEqual({
      symbol: 'ENQ',
      qty: '2',
      type: 'LIMIT',
      price: '21000.00',
      stopPrice: null,
      takeProfit: '21010',
    });
  });

  it('has no price as a market order, whatever was typed before', () => {
    expect(requestOf({ ...DRAFT, type: 'MARKET' }).price).toBeNull();
  });

  it('is read back in words', () => {
    expect(readBack(DRAFT, NQ)).toBe('2 NQ 12-26 at 21000.00');
    expect(readBack({ ...DRAFT, type: 'MARKET', qty: '' }, NQ)).toBe('? NQ 12-26 at market');
  });

  it('says how far its legs are and what they cost', () => {
    const stop = legOf(DRAFT, 'BUY', '20990.00', null, NQ);
    expect(stop).toEqual({ ticks: -40n, money: '400' });
    expect(stop === null ? '' : legWords(stop, 'BUY')).toBe('40 ticks below = 400.00');
    const short = legOf(DRAFT, 'SELL', '21010.00', null, NQ);
    expect(short === null ? '' : legWords(short, 'SELL')).toBe('40 ticks above = 400.00');
    expect(legOf({ ...DRAFT, type: 'MARKET' }, 'BUY', '20990.00', null, NQ)).toBeNull();
  });

  it('names the neighbours of a price between two ticks', () => {
    expect(priceFault('21000.10', NQ)).toBe('Between two ticks: 21000.00 or 21000.25');
    expect(priceFault('x', NQ)).toBe('Not a price');
    expect(priceFault('', NQ)).toBeNull();
  });
});

describe('the press guard', () => {
  it('drops a second press on one side within 300 ms, and no other', () => {
    let now = 0;
    const guard = new PressGuard(() => now);
    expect(guard.press('BUY')).toBe(true);
    now = 299;
    expect(guard.press('BUY')).toBe(false);
    expect(guard.press('SELL')).toBe(true);
    now = 300;
    expect(guard.press('BUY')).toBe(true);
  });
});

const settle = () => new Promise((done) => setTimeout(done, 0));

function openQuestions() {
  const open: { order: OrderQuestion; answer: (verdict: Verdict) => void }[] = [];
  const shown: Verdicts[] = [];
  const questions = new GateQuestions(
    { canSubmitOrder: (order) => new Promise((answer) => open.push({ order, answer })) },
    (verdicts) => shown.push(verdicts),
  );
  return { open, shown, questions };
}

describe('questions to the gate', () => {
  const allowed: Verdict = { allowed: true, reason: null, message: null, effect: 'OPENS' };
  const refused: Verdict = { allowed: false, reason: 'bad_qty', message: 'no', effect: null };
  it('drop the answer to an older order', async () => {
    const { open, shown, questions } = openQuestions();
    void questions.ask(requestOf({ ...DRAFT, qty: '0' }));
    void questions.ask(requestOf(DRAFT));
    for (const { answer } of open.slice(2)) answer(allowed);
    await settle();
    for (const { answer } of open.slice(0, 2)) answer(refused);
    await settle();
    expect(shown.at(-1)).toEqual({ BUY: allowed, SELL: allowed });
  });

  it('have no verdict while a changed order is being judged', async () => {
    const { open, shown, questions } = openQuestions();
    void questions.ask(requestOf(DRAFT));
    for (const { answer } of open) answer(allowed);
    await settle();
    void questions.ask(requestOf({ ...DRAFT, qty: '9' }));
    expect(shown.at(-1)).toEqual({ BUY: null, SELL: null });
  });

  it('about the same order wait for the one under way', async () => {
    const { open, questions } = openQuestions();
    void questions.ask(requestOf(DRAFT));
    void questions.ask(requestOf(DRAFT));
    void questions.ask(requestOf(DRAFT));
    expect(open.length).toBe(2);
    for (const { answer } of open.slice()) answer(allowed);
    await settle();
    expect(open.length).toBe(4);
  });
});

describe('market time', () => {
  it.each([
    ['2026-11-23T14:30:01.2507000Z', '08:30:01.250', 'Mon 23 Nov'],
    // Summer time: one hour less behind.
    ['2026-07-01T05:00:00.0000000Z', '00:00:00.000', 'Wed 01 Jul'],
  ])('shows %s in Chicago', (utc, clock, day) => {
    expect([clockTimeMs(utc), marketDay(utc)]).toEqual([clock, day]);
  });

  it('shows dashes where there is no time', () => {
    expect(clockTimeMs('never')).toBe('--:--:--.000');
  });
});

describe('faults', () => {
  it('keep code and detail', () => {
    expect(readFault({ code: 'busy', detail: 'queue full' })).toMatchObject({ code: 'busy', text: 'queue full', field: null });
  });

  it('keep the field of a wrong setting', () => {
    const fault = readFault({ code: 'settings_invalid', detail: { field: 'mock.seed', message: 'not a number' } });
    expect(fault).toMatchObject({ code: 'settings_invalid', field: 'mock.seed', text: 'not a number' });
  });

  it.each([['boom'], [new Error('boom')], [{ code: 'no_such_code' }], [null]])('of no known shape are still faults', (thrown) => {
    expect(readFault(thrown).code).toBe('unexpected');
  });

  it('have a sentence each', () => {
    expect(faultWords(new BackendFault('not_connected', 'connection refused'))).toBe('Not connected: connection refused');
    expect(faultWords(new BackendFault('stopped', ''))).toBe('The desk has stopped.');
  });
});
