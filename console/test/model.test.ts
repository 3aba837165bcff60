import { describe, expect, it } from 'vitest';
import type { EventRecord, PairStatus } from '../src/api/types';
import { find, search } from '../src/help/find';
import { clockOf, fine, millisOf, span, whole } from '../src/model/duration';
import { joined } from '../src/model/records';
import { adjustedTime, itemRows, typedValue } from '../src/model/monitor';
import { segments } from '../src/model/timeline';
import { at, differences, formatPath, parsePath, withAt } from '../src/model/tree';
import { inShort, pairTone } from '../src/model/words';
import { formatRoute, parseRoute } from '../src/state/route';
import { sections } from '../help/plugin';

const member = (index: number, more: object = {}) => ({
  index,
  role: index === 0 ? 'primary' : 'secondary',
  machine: `opc.tcp://10.0.0.${index + 1}:4840`,
  active: index === 0,
  connected: true,
  ready: true,
  verdict: 'healthy',
  evidence: '',
  state: 'RUNNING',
  serviceLevel: 255,
  roundTripMs: 1,
  clockSkewMs: 0,
  damped: false,
  ...more,
});

const pair = (more: object = {}): PairStatus =>
  ({ name: 'p', mode: 'hot', enabled: true, phase: 'serving', active: 0, members: [member(0), member(1)], ...more }) as unknown as PairStatus;

describe('paths', () => {
  it.each(['mode', 'members[0].url', 'monitor.items[2].trigger', 'notifications.to'])('%s is read and written', (path) => {
    expect(formatPath(parsePath(path))).toBe(path);
  });

  it('lead to a value, and change it without changing what was there', () => {
    const tree = { members: [{ url: 'a' }, { url: 'b' }] };
    const changed = withAt(tree, 'members[1].url', 'c');
    expect(at(changed, 'members[1].url')).toBe('c');
    expect(at(tree, 'members[1].url')).toBe('b');
  });

  it('take empty parents along', () => {
    expect(withAt({ name: 'p', notifications: { smtp: { primary: { host: 'x' } } } }, 'notifications.smtp.primary.host', null)).toEqual({ name: 'p' });
  });

  it('compare lists of another length whole', () => {
    expect(differences({ to: ['a'] }, { to: ['a', 'b'] })).toEqual([{ path: 'to', before: ['a'], after: ['a', 'b'] }]);
  });
});

describe('durations', () => {
  it.each([
    ['2500ms', 2500],
    ['5s', 5000],
    ['10m', 600_000],
    ['1h', 3_600_000],
  ])('%s', (text, millis) => expect(millisOf(text)).toBe(millis));

  it('are undefined where they are none', () => expect(millisOf('soon')).toBeUndefined());

  it('are told for people', () => {
    expect(span(59_000)).toBe('59 s');
    expect(span(3_660_000)).toBe('1 h 1 min');
    expect(fine(0.42)).toBe('0.4 ms');
    expect(fine(null)).toBe('–');
  });

  it('say how far a clock is ahead, without a zero below zero', () => {
    expect([12.4, -3, 0, -0.4, null].map(clockOf)).toEqual(['+12 ms', '-3 ms', '+0 ms', '+0 ms', '–']);
  });
});

describe('numbers', () => {
  it('has groups of three digits and no fraction', () => {
    expect([0, 7, 999, 1000, 12_345, 123_456.4, 1_234_567].map(whole)).toEqual(['0', '7', '999', '1,000', '12,345', '123,456', '1,234,567']);
  });
});

describe('monitor items', () => {
  it('have a time of at least two times the update rate', () => {
    expect(adjustedTime(500, 1000)).toBe(2000);
    expect(adjustedTime(5000, 1000)).toBe(5000);
  });

  it('show what is in force where nothing is set', () => {
    expect(itemRows([{ item: 'x', trigger: 'noChange' }], { updateRate: '1000ms' })[0]).toMatchObject({ triggerData: '2000', updateRate: '1000', dataType: 'Default' });
  });

  it.each([
    ['1', 'Int32', 1],
    ['-9999', 'Default', -9999],
    ['1.5', 'Double', 1.5],
    ['true', 'Boolean', true],
    ['1', 'String', '1'],
    ['18446744073709551615', 'UInt64', '18446744073709551615'],
  ])('compare %s as %s', (text, type, value) => expect(typedValue(text, type)).toBe(value));
});

describe('the state of a pair', () => {
  it('is one line that says where the clients are', () => {
    expect(inShort(pair())).toBe('Serving on primary');
    expect(inShort(pair({ phase: 'disabled', enabled: false, active: null }))).toBe('Disabled');
  });

  it('warns when there is no spare, but not of a standby that cold mode leaves alone', () => {
    const lonely = [member(0), member(1, { verdict: 'down', connected: false })];
    expect(pairTone(pair({ members: lonely }))).toBe('warn');
    expect(pairTone(pair({ mode: 'cold', members: lonely }))).toBe('good');
  });
});

describe('the timeline', () => {
  const record = (number: number, at: number, kind: string, fields: object): EventRecord =>
    ({ number, at: new Date(at).toISOString(), pair: 'p', kind, severity: 'informational', client: 'tandem', text: '', fields }) as EventRecord;
  const [a, b] = ['opc.tcp://10.0.0.1:4840', 'opc.tcp://10.0.0.2:4840'];

  it('is one segment where nothing happened', () => {
    expect(segments(pair(), [], 0, 100)).toEqual([{ from: 0, to: 100, side: 0 }]);
  });

  it('follows promotions and the time without any server', () => {
    const records = [record(1, 20, 'PROMOTED', { from: a, to: b }), record(2, 50, 'STRANDED', { from: b }), record(3, 60, 'PROMOTED', { from: 'none', to: a })];
    expect(segments(pair(), records, 0, 100)).toEqual([
      { from: 0, to: 20, side: 0 },
      { from: 20, to: 50, side: 1 },
      { from: 50, to: 60, side: 'none' },
      { from: 60, to: 100, side: 0 },
    ]);
  });

  it('begins where it is asked to', () => {
    const records = [record(1, 20, 'PROMOTED', { from: b, to: a })];
    expect(segments(pair(), records, 50, 100)).toEqual([{ from: 50, to: 100, side: 0 }]);
  });
});

describe('routes', () => {
  it.each(['#/', '#/pair/a%20b/monitoring', '#/service/users', '#/help/console.general'])('%s', (hash) => {
    expect(formatRoute(parseRoute(hash))).toBe(hash);
  });
});

describe('help', () => {
  const all = sections();

  it.each(['live', 'general', 'monitoring', 'diagnostics', 'notifications', 'overview', 'adding-redundancy', 'browsing-for-servers', 'monitor-item', 'saving', 'the-service', 'users', 'checking', 'exit-and-shutdown', 'technical-support'])(
    'has a section on %s',
    (topic) => expect(find(all, topic)?.id).toBe(`console.${topic}`),
  );

  it('finds sections with all words, those with them in the title first', () => {
    expect(search(all, 'monitor item failure count').length).toBeGreaterThan(0);
    expect(search(all, 'diagnostics')[0]?.section.title).toBe('Diagnostics');
    expect(search(all, 'no-such-word-anywhere')).toEqual([]);
  });

  it('links only to sections that there are', () => {
    const ids = new Set(all.map((section) => section.id));
    const links = all.flatMap((section) => [...section.html.matchAll(/href="#\/help\/([^"]*)"/g)].map((match) => match[1]!));
    expect(links.length).toBeGreaterThan(5);
    expect(links.filter((link) => !ids.has(link))).toEqual([]);
  });

  it('shows no pictures of what is on the screen', () => {
    expect(all.filter((section) => section.html.includes('<img'))).toEqual([]);
  });
});

describe('records', () => {
  const record = (number: number) => ({ number }) as EventRecord;

  it('that came before the answer are in front of it, those in it once', () => {
    expect(joined([record(9), record(8), record(7)], [record(7), record(6)]).map((each) => each.number)).toEqual([9, 8, 7, 6]);
    expect(joined([record(3)], [])).toHaveLength(1);
  });

  it('are no more than a pair keeps', () => {
    const many = Array.from({ length: 30_000 }, (_, i) => record(30_000 - i));
    const now = joined([record(30_001)], many);
    expect(now).toHaveLength(30_000);
    expect(now[0]!.number).toBe(30_001);
  });
});
