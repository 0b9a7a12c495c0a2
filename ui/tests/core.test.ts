import { describe, expect, it } from 'vitest';
import { BackendFault, readFault } from '../src/backend/backend';
import { PRODUCTS } from '../src/backend/scripted/products';
import type { OrderQuestion, Verdict } from '../src/backend/types';
import { type Draft, incompleteWords, marketableWords, priceFault, readBack, requestOf as request, sideOfBracket } from '../src/core/draft';
import { NO_LEG } from '../src/core/leg';
import { GateQuestions, type Verdicts } from '../src/core/gate_questions';
import { clockTimeMs, marketDay } from '../src/core/market_time';
import { PressGuard } from '../src/core/press_guard';
import { faultWords } from '../src/core/words';

const NQ = PRODUCTS[0];
if (NQ === undefined) throw new Error('no products');

const DRAFT: Draft = { symbol: 'ENQ', qty: '2', type: 'LIMIT', price: '21000.00', stop: NO_LEG, target: NO_LEG, trail: '' };
const requestOf = (draft: Draft) => request(draft, NQ);

describe('a draft', () => {
  it('becomes a request with null where nothing is typed', () => {
    expect(requestOf({ ...DRAFT, qty: ' 2 ', target: { unit: 'PRICE', text: ' 21010 ' } })).toEqual({
      symbol: 'ENQ',
      qty: '2',
      type: 'LIMIT',
      price: '21000.00',
      stopPrice: null,
      takeProfit: '21010',
      stopTicks: null,
      takeProfitTicks: null,
      trailTicks: null,
    });
  });

  it('sends ticks and money as ticks from the fill', () => {
    const order = requestOf({ ...DRAFT, stop: { unit: 'MONEY', text: '200' }, target: { unit: 'TICKS', text: '40' }, trail: ' 12 ' });
    // Two contracts at five dollars a tick: 200 dollars are 20 ticks.
    expect(order).toMatchObject({ stopPrice: null, takeProfit: null, stopTicks: '20', takeProfitTicks: '40', trailTicks: '12' });
  });

  it('never sends money in place of ticks', () => {
    const draft: Draft = { ...DRAFT, stop: { unit: 'MONEY', text: '200' } };
    expect(incompleteWords(draft, null)).toBe('the instrument is being read');
    expect(incompleteWords({ ...draft, stop: { unit: 'MONEY', text: '203' } }, NQ)).toBe(
      'stop loss: no whole number of ticks: 200.00 or 210.00',
    );
    expect(incompleteWords(draft, NQ)).toBeNull();
  });

  it('knows the side that its bracket was typed for', () => {
    const price = (text: string) => ({ unit: 'PRICE' as const, text });
    expect(sideOfBracket({ ...DRAFT, stop: price('20990.00') }, null, NQ)).toBe('BUY');
    expect(sideOfBracket({ ...DRAFT, stop: price('21010.00') }, null, NQ)).toBe('SELL');
    expect(sideOfBracket({ ...DRAFT, target: price('20990.00') }, null, NQ)).toBe('SELL');
    expect(sideOfBracket({ ...DRAFT, type: 'MARKET', target: price('21010.00') }, '21000.00', NQ)).toBe('BUY');
  });

  it('says when its limit would fill at once', () => {
    const quote = { symbol: 'NQ', last: '21000.00', bid: '20999.75', ask: '21000.25', at: null };
    expect(marketableWords('21000.25', quote, NQ)).toBe('A buy would fill now');
    expect(marketableWords('20999.75', quote, NQ)).toBe('A sell would fill now');
    expect(marketableWords('21000.00', quote, NQ)).toBe('');
    expect(marketableWords('', quote, NQ)).toBe('');
  });

  it('has no price as a market order, whatever was typed before', () => {
    expect(requestOf({ ...DRAFT, type: 'MARKET' }).price).toBeNull();
  });

  it('is read back in words', () => {
    expect(readBack(DRAFT, NQ)).toBe('2 NQ 12-26 at 21000.00');
    expect(readBack({ ...DRAFT, type: 'MARKET', qty: '' }, NQ)).toBe('? NQ 12-26 at market');
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

  it('takes a press at once when another order is on the ticket', () => {
    const guard = new PressGuard(() => 0);
    expect(guard.press('BUY')).toBe(true);
    expect(guard.press('BUY')).toBe(false);
    guard.forget();
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
  const QUIET = { warnings: [], worst: null, buyLeft: null, sellLeft: null };
  const allowed: Verdict = { allowed: true, reason: null, message: null, effect: 'OPENS', ...QUIET };
  const refused: Verdict = { allowed: false, reason: 'bad_qty', message: 'no', effect: null, ...QUIET };
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
