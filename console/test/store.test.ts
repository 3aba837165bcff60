import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Settings, Tree } from '../src/api/types';
import { changesOf, set } from '../src/model/draft';

/** A service that answers what is put here, and a browser without pages. */
const pair = (more: Tree = {}): Tree => ({ name: 'plant1', members: [], ...more });
const settings = (version: string, ...pairs: Tree[]): Settings => ({
  version,
  editable: true,
  pairs,
  defaults: { pair: {}, member: {}, monitorItem: {}, notifications: {} },
  doors: {},
});

let saved: Settings;
let answerOfSave: (() => void) | null;
let answerOfSettings: ((value: Settings) => void)[];
let holdSettings: boolean;
let rollbacks: Tree[];

function json(body: unknown): Response {
  return new Response(JSON.stringify(body), { status: 200 });
}

function service(url: string, request: RequestInit): Promise<Response> {
  const path = url.replace('/api/v1', '');
  if (path === '/session') {
    return Promise.resolve(json({ user: 'anna', role: 'engineer', csrf: 'c' }));
  }
  if (path === '/configuration/settings') {
    return holdSettings ? new Promise((done) => answerOfSettings.push((value) => done(json(value)))) : Promise.resolve(json(saved));
  }
  if (path === '/status') {
    return Promise.resolve(json({ configVersion: saved.version, pairs: [] }));
  }
  if (path === '/configuration/rollback') {
    rollbacks.push(JSON.parse(String(request.body)) as Tree);
    return Promise.resolve(json({ applicable: true, problems: [], steps: [] }));
  }
  const { dryRun } = JSON.parse(String(request.body)) as { dryRun?: boolean };
  const plan = { applicable: true, problems: [], steps: [] };
  return dryRun ? Promise.resolve(json({ plan })) : new Promise((done) => (answerOfSave = () => done(json({ version: saved.version, plan }))));
}

class NoEvents {
  addEventListener(): void {}
  close(): void {}
}

/** A machine that is busy takes long to load what is tested. */
const SLOW = { timeout: 60_000 };

describe('the store', SLOW, () => {
  beforeEach(() => {
    answerOfSave = null;
    answerOfSettings = [];
    holdSettings = false;
    rollbacks = [];
    saved = settings('v1', pair());
    const kept = new Map<string, string>();
    vi.stubGlobal('window', {
      localStorage: {
        getItem: (key: string) => kept.get(key) ?? null,
        setItem: (key: string, value: string) => kept.set(key, value),
        removeItem: (key: string) => kept.delete(key),
      },
      setTimeout: () => 0,
      clearTimeout: () => {},
    });
    vi.stubGlobal('fetch', service);
    vi.stubGlobal('EventSource', NoEvents);
    vi.resetModules();
  });

  afterEach(() => vi.unstubAllGlobals());

  async function opened() {
    const store = await import('../src/state/store');
    await store.begin();
    await store.loadSettings();
    return store;
  }

  it('keeps what is edited while a save is under way', async () => {
    const store = await opened();
    store.changeDraft((draft) => set(draft, 'plant1', 'mode', 'hot'));
    const saving = store.save();
    await vi.waitFor(() => expect(answerOfSave).not.toBeNull(), SLOW);
    store.changeDraft((draft) => set(draft, 'plant1', 'failback', false));
    saved = settings('v2', pair({ mode: 'hot' }));
    answerOfSave!();
    expect((await saving).kind).toBe('saved');

    const draft = store.getState().draft!;
    expect(draft.base.version).toBe('v2');
    expect(changesOf(draft)).toEqual([{ change: 'set', pair: 'plant1', path: 'failback', value: false }]);
    expect(window.localStorage.getItem('tandem.draft')).toContain('failback');
  });

  it('shows what was saved, also if earlier settings were on their way then', async () => {
    const store = await opened();
    store.changeDraft((draft) => set(draft, 'plant1', 'mode', 'hot'));
    const saving = store.save();
    await vi.waitFor(() => expect(answerOfSave).not.toBeNull(), SLOW);
    holdSettings = true;
    void store.loadSettings();
    await vi.waitFor(() => expect(answerOfSettings).toHaveLength(1), SLOW);
    const earlier = saved;
    saved = settings('v2', pair({ mode: 'hot' }));
    answerOfSave!();
    holdSettings = false;
    await new Promise((done) => setImmediate(done));
    answerOfSettings[0]!(earlier);
    await saving;

    expect(store.getState().settings!.version).toBe('v2');
    expect(store.getState().draft!.base.version).toBe('v2');
  });

  it('goes back over the configuration that the plan was shown of, and over no other', async () => {
    const store = await opened();
    const way = await store.planRollback('v0');
    saved = settings('v2', pair({ mode: 'hot' }));
    await store.rollback(way);

    expect(rollbacks).toEqual([
      { version: 'v0', dryRun: true },
      { version: 'v0', expectedVersion: 'v1' },
    ]);
  });
});
