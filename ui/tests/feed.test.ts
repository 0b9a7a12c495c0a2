import { describe, expect, it } from 'vitest';
import type { DeskListener } from '../src/backend/backend';
import type { Snapshot } from '../src/backend/types';
import type { DeskState } from '../src/core/desk_state';
import { Feed } from '../src/core/feed';
import { Sequence } from '../src/core/sequence';
import { HandFrames } from './frames';
import { logRow, logRows, numbersOf, snapshot, STATUS } from './rows';

class Source {
  listener: DeskListener | null = null;
  asked = 0;
  answers: (Snapshot | Error)[] = [];

  subscribe(listener: DeskListener): Promise<() => void> {
    this.listener = listener;
    return Promise.resolve(() => {
      this.listener = null;
    });
  }

  snapshot(): Promise<Snapshot> {
    this.asked += 1;
    const answer = this.answers.shift() ?? new Error('no answer');
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  }
}

function setUp(...answers: (Snapshot | Error)[]) {
  const source = new Source();
  source.answers = answers;
  const frames = new HandFrames();
  const shown: DeskState[] = [];
  const live: boolean[] = [];
  const feed = new Feed(
    source,
    { show: (state) => shown.push(state), live: (is) => live.push(is) },
    frames,
  );
  return { source, frames, shown, live, feed };
}

const settle = () => new Promise((done) => setTimeout(done, 0));
const numbers = (state: DeskState | undefined) => (state === undefined ? undefined : numbersOf(state.log));

describe('numbers of batches', () => {
  it('lets one batch of each kind share a number', () => {
    const sequence = new Sequence(4);
    expect(sequence.judge({ kind: 'LOG', seq: 5 })).toBe('NEXT');
    expect(sequence.judge({ kind: 'DESK', seq: 5 })).toBe('NEXT');
    expect(sequence.judge({ kind: 'LOG', seq: 5 })).toBe('STALE');
    expect(sequence.judge({ kind: 'POSITIONS', seq: 6 })).toBe('NEXT');
    expect(sequence.judge({ kind: 'DESK', seq: 8 })).toBe('GAP');
  });

  it('takes what the snapshot already holds as stale', () => {
    const sequence = new Sequence(4);
    expect(sequence.judge({ kind: 'LOG', seq: 4 })).toBe('STALE');
    expect(sequence.judge({ kind: 'DESK', seq: 3 })).toBe('STALE');
  });
});

describe('the feed', () => {
  it('shows many batches with one flush per frame', async () => {
    const { source, frames, shown, feed } = setUp(snapshot(0));
    await feed.start();
    frames.frame();
    for (let seq = 1; seq <= 1000; seq += 1) source.listener?.orderLog({ seq, rows: [logRow(seq)], trades: [] });
    expect(shown.length).toBe(1);
    frames.frame();
    expect(shown.length).toBe(2);
    expect(shown.at(-1)?.log.length).toBe(1000);
  });

  it('shows by a timer while frames stand still', async () => {
    const { source, frames, shown, feed } = setUp(snapshot(0));
    await feed.start();
    source.listener?.orderLog({ seq: 1, rows: [logRow(1)], trades: [] });
    frames.timers();
    expect(numbers(shown.at(-1))).toEqual([1]);
    frames.frame();
    expect(shown.length).toBe(1);
  });

  it('applies what came before the snapshot on top of it, without what it holds', async () => {
    const { source, frames, shown, feed } = setUp(snapshot(2, logRows(1, 2)));
    const started = feed.start();
    await Promise.resolve();
    source.listener?.orderLog({ seq: 2, rows: [logRow(2)], trades: [] });
    source.listener?.orderLog({ seq: 3, rows: [logRow(3)], trades: [] });
    await started;
    frames.frame();
    expect(numbers(shown.at(-1))).toEqual([1, 2, 3]);
  });

  it('asks for a new snapshot after a gap and loses no row', async () => {
    const { source, frames, shown, live, feed } = setUp(snapshot(1, logRows(1, 1)), snapshot(4, logRows(1, 4)));
    await feed.start();
    frames.timers();
    source.listener?.orderLog({ seq: 4, rows: [logRow(4)], trades: [] });
    source.listener?.orderLog({ seq: 5, rows: [logRow(5)], trades: [] });
    expect(live).toEqual([true, false]);
    await settle();
    frames.frame();
    expect(source.asked).toBe(2);
    expect(live).toEqual([true, false, true]);
    expect(numbers(shown.at(-1))).toEqual([1, 2, 3, 4, 5]);
  });

  it('waits between two questions when gaps do not end', async () => {
    const { source, frames, feed } = setUp(snapshot(1), snapshot(1), snapshot(1));
    await feed.start();
    source.listener?.orderLog({ seq: 9, rows: [], trades: [] });
    source.listener?.orderLog({ seq: 99, rows: [], trades: [] });
    await settle();
    expect(source.asked).toBe(1);
    frames.timers();
    await settle();
    expect(source.asked).toBe(2);
  });

  it('asks again when the desk does not answer', async () => {
    const { source, frames, shown, live, feed } = setUp(new Error('down'), snapshot(7));
    await feed.start();
    expect(live).toEqual([false]);
    frames.timers();
    await settle();
    frames.frame();
    expect(source.asked).toBe(2);
    expect(live).toEqual([false, true]);
    expect(shown.at(-1)?.desk).toEqual(STATUS);
  });

  it('is silent after its end', async () => {
    const { source, frames, shown, feed } = setUp(snapshot(0));
    await feed.start();
    const listener = source.listener;
    feed.stop();
    listener?.orderLog({ seq: 1, rows: [logRow(1)], trades: [] });
    frames.frame();
    frames.timers();
    expect(source.listener).toBeNull();
    expect(shown).toEqual([]);
  });
});
