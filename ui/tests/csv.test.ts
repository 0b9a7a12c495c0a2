import { describe, expect, it } from 'vitest';
import type { FlattenProgress } from '../src/backend/types';
import { csvOf, LOG_COLUMNS, savedWords } from '../src/core/csv';
import { isOver, stagesOf } from '../src/core/flatten_stages';
import { ageWords, layerWords, openedWords } from '../src/core/protection';
import { logRow, STANDING, STATUS } from './rows';

describe('rows as text', () => {
  it('have one header and every field as the desk said it', () => {
    const [head, row, end] = csvOf([logRow(7, { reason: 'bad_qty', action: 'REJECT' })], LOG_COLUMNS).split('\n');
    expect(head).toBe('n,time_utc,action,symbol,side,qty,price,fill_price,order,state,reason_code,reason');
    expect(row).toBe('7,2026-11-23T14:30:00.2500000Z,REJECT,NQ,BUY,1,,21000.25,T7,FILLED,bad_qty,Quantity is not valid');
    expect(end).toBe('');
  });

  it.each([
    ['a,b', '"a,b"'],
    ['say "no"', '"say ""no"""'],
    ['=1+1', "'=1+1"],
    ['-5.00', '-5.00'],
    ['two\nlines', '"two\nlines"'],
  ])('are read back as they were: %j', (value, field) => {
    expect(csvOf([value], [['x', (it) => it]])).toBe(`x\n${field}\n`);
  });

  it('say what became of saving them', async () => {
    expect(await savedWords(() => Promise.resolve(true))).toBe('Saved.');
    expect(await savedWords(() => Promise.resolve(false))).toBe('');
    expect(await savedWords(() => Promise.reject({ code: 'bad_request', detail: 'no room' }))).toMatch(/^Not saved\..*no room/);
  });
});

describe('the stages of a flatten', () => {
  const START: FlattenProgress = {
    flatten: 'F0', stage: 'CANCELLING', startedAt: '', cancelsAsked: 2, cancelsAnswered: 1, exitsSent: 0, exitsFailed: 0,
    contractsSent: 0, contractsFilled: 0, lastFailure: null, cancelledMs: 10, exitsMs: null, filledMs: null, answeredMs: null,
  };
  const states = (change: Partial<FlattenProgress>) => stagesOf({ ...START, ...change }).map(({ state }) => state);

  it('come one after the other and end only with the broker', () => {
    expect(states({})).toEqual(['RUNNING', 'WAITING', 'WAITING', 'WAITING']);
    const exiting: Partial<FlattenProgress> = { stage: 'EXITING', cancelsAnswered: 2, exitsSent: 1, contractsSent: 3, contractsFilled: 1 };
    expect(states(exiting)).toEqual(['DONE', 'DONE', 'RUNNING', 'WAITING']);
    const filled = { ...exiting, contractsFilled: 3 };
    expect(states(filled)).toEqual(['DONE', 'DONE', 'DONE', 'WAITING']);
    expect(isOver({ ...START, ...filled })).toBe(false);
    expect(states({ ...filled, stage: 'FLAT' })).toEqual(['DONE', 'DONE', 'DONE', 'DONE']);
    expect(states({ ...exiting, stage: 'NOT_FLAT' })).toEqual(['DONE', 'DONE', 'FAILED', 'FAILED']);
  });

  it('say so when there was nothing to do', () => {
    const words = stagesOf({ ...START, stage: 'FLAT', cancelsAsked: 0, cancelsAnswered: 0 }).map((stage) => stage.words);
    expect(words).toEqual(['none were working', 'nothing was open', '', 'nothing open, nothing working']);
  });
});

describe('the protection line', () => {
  it('counts what is open and says where its stops live', () => {
    const line = { ...STANDING.protection, openContracts: 4, inAppContracts: 2, exitingContracts: 1, givenUpContracts: 1 };
    expect([openedWords(STANDING.protection), openedWords({ ...line, openContracts: 1 }), openedWords(line)]).toEqual(['Flat', '1 contract open', '4 contracts open']);
    expect(layerWords(line)).toBe('2 under a stop that lives only while this app runs · 1 leaving · 1 whose exits were all refused');
    expect(layerWords({ ...line, inAppContracts: 0, exitingContracts: 0, givenUpContracts: 0 })).toBe('');
  });

  it.each([
    [50, {}, '0.0 s', false],
    [1_250, {}, '1.2 s', false],
    [5_000, {}, '5.0 s', true],
    [9_000, { paused: true }, 'paused', false],
    [null, {}, '–', false],
    [null, { feed: 'SILENT' as const }, '–', true],
    [9_000, { feed: 'ENDED' as const }, 'ended', true],
  ])('says how old the newest price is: %s %j', (ageMs, change, words, late) => {
    expect(ageWords(ageMs, { ...STATUS, ...change })).toEqual({ words, late });
  });
});
