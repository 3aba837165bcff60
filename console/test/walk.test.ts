import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Leg } from '../src/api/types';
import { outcomeOf } from '../src/model/walk';

const leg = (member: number, name: string, passed = true, isLast = false): Leg => ({ member, machine: 'a', leg: name, passed, detail: '', remedy: '', tookMs: 1, isLast });

describe('a check', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('says that all is well only when the last leg to each server has passed', () => {
    const whole = [leg(0, 'name'), leg(0, 'read', true, true), leg(1, 'name'), leg(1, 'read', true, true)];
    expect(outcomeOf(whole, 2)).toEqual({ isAllWell: true, unknown: [] });
  });

  it('says nothing of a server to which the walk did not get', () => {
    expect(outcomeOf([leg(0, 'name'), leg(0, 'read', true, true)], 2)).toEqual({ isAllWell: false, unknown: [1] });
    expect(outcomeOf([leg(0, 'name')], 2)).toEqual({ isAllWell: false, unknown: [0, 1] });
    expect(outcomeOf([], 2)).toEqual({ isAllWell: false, unknown: [0, 1] });
  });

  it('takes a leg that failed for the end of its walk', () => {
    expect(outcomeOf([leg(0, 'name'), leg(0, 'port', false), leg(1, 'read', true, true)], 2)).toEqual({ isAllWell: false, unknown: [] });
  });

  it('goes on with a walk that takes longer than other answers', { timeout: 60_000 }, async () => {
    vi.stubGlobal('window', {});
    const patient = vi.spyOn(AbortSignal, 'timeout');
    const { lines } = await import('../src/api/http');
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('{"leg":"name"}\n\n{"leg":"port"}\n')));
    const legs: string[] = [];
    await lines<{ leg: string }>('/pairs/plant1/check', {}, (line) => legs.push(line.leg), new AbortController().signal);

    expect(legs).toEqual(['name', 'port']);
    expect(Math.min(...patient.mock.calls.map(([ms]) => ms))).toBeGreaterThan(4 * 30_000);
    patient.mockRestore();
  });
});
