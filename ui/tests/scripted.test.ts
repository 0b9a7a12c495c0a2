import { describe, expect, it } from 'vitest';
import { ScriptedBackend, type ScriptedOptions } from '../src/backend/scripted';
import type { OrderRequest } from '../src/backend/types';

const BUY: OrderRequest = { symbol: 'ENQ', qty: '1', type: 'MARKET', price: null, stopPrice: null, takeProfit: null };

function backend(options: ScriptedOptions = {}): ScriptedBackend {
  return new ScriptedBackend({ autorun: false, ...options });
}

async function story(seed: string): Promise<string> {
  const desk = backend({ seed });
  void desk.placeBuy({ ...BUY, stopPrice: '20990.00', takeProfit: '21002.00' });
  desk.advance(5_000);
  void desk.flattenAll();
  desk.advance(5_000);
  return JSON.stringify(await desk.snapshot());
}

describe('the scripted desk', () => {
  it('tells the same story for the same seed and another for another', async () => {
    expect(await story('7')).toBe(await story('7'));
    expect(await story('7')).not.toBe(await story('8'));
  });

  it('opens a position and arms its phantom with the fill', async () => {
    const desk = backend();
    const placed = desk.placeBuy({ ...BUY, qty: '2', stopPrice: '20000.00' });
    desk.advance(1_000);
    expect(await placed).toMatchObject({ orderId: 'T1', status: 'ACCEPTED' });
    const { positions, phantoms } = await desk.snapshot();
    expect(positions).toMatchObject([{ symbol: 'NQ', qty: 2, protectedQty: 2 }]);
    expect(phantoms).toMatchObject([{ lot: 'L0', state: 'ARMED', stopPrice: '20000.00' }]);
  });

  it('refuses to sell what is not there while short selling is off', async () => {
    const desk = backend();
    expect(await desk.placeSell(BUY)).toMatchObject({ status: 'REJECTED', reason: 'short_selling_off' });
    desk.advance(50);
    expect((await desk.snapshot()).log).toMatchObject([{ action: 'REJECT', orderId: 'T1' }]);
  });

  it('numbers its batches without gaps', () => {
    const desk = backend();
    const seen: number[] = [];
    const note = ({ seq }: { seq: number }) => seen.push(seq);
    void desk.subscribe({ orderLog: note, positionUpdate: note, deskUpdate: note });
    void desk.placeBuy(BUY);
    desk.advance(500);
    expect(seen).toEqual(seen.map((_, index) => index + 1));
  });

  it('ends a flatten not flat when exits do not fill', async () => {
    const desk = backend({ exitsStayOpen: true });
    void desk.placeBuy(BUY);
    desk.advance(1_000);
    const answer = desk.flattenAll();
    desk.advance(4_000);
    expect(await answer).toMatchObject({ status: 'NOT_FLAT', stillOpen: [{ symbol: 'NQ', qty: 1 }] });
  });
});
