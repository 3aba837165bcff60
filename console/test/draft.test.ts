import { describe, expect, it } from 'vitest';
import type { Change, Settings, Tree } from '../src/api/types';
import { add, changesOf, changesSince, fresh, isModified, meanwhile, nameProblem, nextAlias, remove, replay, set, unaliasProblem, withoutSecrets, workOf } from '../src/model/draft';
import { withAt } from '../src/model/tree';

const pair = (name: string, more: Tree = {}): Tree => ({
  name,
  members: [{ url: 'opc.tcp://10.0.0.1:4840', password: { hidden: true } }, { url: 'opc.tcp://10.0.0.2:4840' }],
  ...more,
});

const settings = (...pairs: Tree[]): Settings => ({
  version: 'v1',
  editable: true,
  pairs,
  defaults: { pair: {}, member: {}, monitorItem: {}, notifications: {} },
  doors: { opcua: { listen: '127.0.0.1:4840' } },
});

describe('a draft', () => {
  it('is no change until something differs, and none again when it is put back', () => {
    const before = fresh(settings(pair('plant1', { mode: 'hot' })));
    const changed = set(before, 'plant1', 'mode', 'cold');
    expect(isModified(before)).toBe(false);
    expect(changesOf(changed)).toEqual([{ change: 'set', pair: 'plant1', path: 'mode', value: 'cold' }]);
    expect(isModified(set(changed, 'plant1', 'mode', 'hot'))).toBe(false);
  });

  it('tells what was changed after it was sent', () => {
    let sent = fresh(settings(pair('a'), pair('b'), pair('c')));
    sent = remove(set(set(sent, 'a', 'mode', 'hot'), 'b', 'alias', 'shown'), 'c');
    sent = add(sent, pair('d'));
    expect(changesSince(sent, sent)).toEqual([]);

    let now = set(set(sent, 'a', 'mode', 'cold'), 'b', 'failback', false);
    now = set(now, 'd', 'mode', 'hot');
    now = add(now, pair('e'));
    expect(changesSince(sent, now)).toEqual([
      { change: 'set', pair: 'a', path: 'mode', value: 'cold' },
      { change: 'set', pair: 'shown', path: 'failback', value: false },
      { change: 'set', pair: 'd', path: 'mode', value: 'hot' },
      { change: 'add-pair', settings: pair('e') },
    ]);
    expect(changesSince(sent, remove(remove(sent, 'd'), 'a'))).toEqual([
      { change: 'remove-pair', pair: 'a' },
      { change: 'remove-pair', pair: 'd' },
    ]);
  });

  it('takes a setting away by null', () => {
    const draft = set(fresh(settings(pair('plant1', { mode: 'hot' }))), 'plant1', 'mode', undefined);
    expect(changesOf(draft)).toEqual([{ change: 'set', pair: 'plant1', path: 'mode', value: null }]);
  });

  it('names a setting of a member by its path, and leaves its hidden password alone', () => {
    const draft = set(fresh(settings(pair('plant1'))), 'plant1', 'members[0].url', 'opc.tcp://10.0.0.9:4840');
    expect(changesOf(draft)).toEqual([{ change: 'set', pair: 'plant1', path: 'members[0].url', value: 'opc.tcp://10.0.0.9:4840' }]);
  });

  it('sends a section that was not there whole', () => {
    let draft = set(fresh(settings(pair('plant1'))), 'plant1', 'notifications.smtp.primary.host', 'mail1');
    draft = set(draft, 'plant1', 'notifications.enabled', true);
    expect(changesOf(draft)).toEqual([
      { change: 'set', pair: 'plant1', path: 'notifications', value: { smtp: { primary: { host: 'mail1' } }, enabled: true } },
    ]);
  });

  it('removes a saved pair at the save, and one that was only added at once', () => {
    let draft = add(fresh(settings(pair('plant1'))), pair('plant2'));
    draft = remove(remove(draft, 'plant1'), 'plant2');
    expect(changesOf(draft)).toEqual([{ change: 'remove-pair', pair: 'plant1' }]);
    expect(workOf(draft, 'plant1')?.removed).toBe(true);
  });

  it('orders removals before settings, aliases before additions', () => {
    let draft = fresh(settings(pair('a'), pair('b')));
    draft = add(draft, pair('b'));
    draft = set(draft, 'b', 'alias', 'b.Alias1');
    draft = set(draft, 'b', 'mode', 'hot');
    draft = remove(draft, 'a');
    expect(changesOf(draft).map((change) => change.change)).toEqual(['remove-pair', 'set', 'set-alias', 'add-pair']);
  });

  it('is the same after its changes were kept and taken up again', () => {
    const base = settings(pair('plant1'), pair('plant2'));
    let draft = set(fresh(base), 'plant1', 'statusInterval', '500ms');
    draft = remove(add(draft, pair('plant3')), 'plant2');
    const again = replay(base, changesOf(draft));
    expect(again.lost).toEqual([]);
    expect(changesOf(again.draft)).toEqual(changesOf(draft));
  });

  it('tells which changes have no place in other settings', () => {
    const changes: Change[] = [{ change: 'set', pair: 'gone', path: 'mode', value: 'hot' }];
    expect(replay(settings(pair('plant1')), changes).lost).toEqual(changes);
  });
});

describe('what is kept in the browser', () => {
  it('has no password, wherever it stands', () => {
    const changes: Change[] = [
      { change: 'set', pair: 'p', path: 'members[0].password', value: 'secret1' },
      { change: 'set', pair: 'p', path: 'notifications', value: { webhook: { url: 'https://x', secret: 'secret2' } } },
      { change: 'add-pair', settings: pair('q', { members: [{ host: 'h', password: 'secret3' }] }) },
    ];
    const kept = withoutSecrets(changes);
    expect(JSON.stringify(kept.changes)).not.toMatch(/secret[123]/);
    expect(kept.leftOut).toBe(true);
    expect(kept.changes).toHaveLength(2);
  });
});

describe('names', () => {
  it('propose the next free alias', () => {
    const draft = fresh(settings(pair('S', { alias: 'S.Alias1' }), pair('S')));
    expect(nextAlias(draft, 'S')).toBe('S.Alias2');
  });

  it.each(['a<b', 'a>b', 'a&b', '', '-a', 'x'.repeat(65)])('refuse %j', (name) => {
    expect(nameProblem(fresh(settings()), name)).not.toBeNull();
  });

  it('are taken whatever their capitals', () => {
    expect(nameProblem(fresh(settings(pair('Plant1'))), 'plant1')).toContain('in use');
    expect(nameProblem(fresh(settings(pair('Plant1'))), 'plant1', 'Plant1')).toBeNull();
  });

  it('cannot be had back while another pair has the original one', () => {
    const draft = fresh(settings(pair('S'), pair('S', { alias: 'S.Alias1' })));
    expect(unaliasProblem(draft, workOf(draft, 'S.Alias1')!)).toContain("'S' is in use");
    expect(unaliasProblem(remove(draft, 'S'), workOf(draft, 'S.Alias1')!)).toBeNull();
  });
});

describe('what others changed meanwhile', () => {
  it('is told setting by setting, with a mark where the draft changes it too', () => {
    const earlier = settings(pair('a', { mode: 'hot' }), pair('b'));
    const now = settings(withAt(pair('a', { mode: 'warm' }), 'statusInterval', '500ms'), pair('c'));
    const found = meanwhile(earlier, now, [{ change: 'set', pair: 'a', path: 'mode', value: 'cold' }]);
    expect(found.map((each) => [each.pair, each.path, each.alsoMine])).toEqual([
      ['a', 'mode', true],
      ['a', 'statusInterval', false],
      ['b', '', false],
      ['c', '', false],
    ]);
  });
});
