import { useRef, useSyncExternalStore } from 'react';
import { Refusal, forgetEarly, get, isEarly, onUnauthorized, post, del, setCsrf, sentence } from '../api/http';
import { listen } from '../api/live';
import type { Change, EventRecord, Plan, Session, Settings, Status } from '../api/types';
import { changesOf, changesSince, fresh, isModified, replay, withoutSecrets, type Draft } from '../model/draft';
import { note } from './trends';

/** The one store of the console. Components read it with {@link useStore}; what changes it are the functions below. */
export interface State {
  /** undefined: not asked yet; null: nobody is logged in. */
  session: Session | null | undefined;
  setupNeeded: boolean;
  /** Since when the service has not been heard, in milliseconds since 1970; null while it is heard. */
  lostSince: number | null;
  status: Status | null;
  settings: Settings | null;
  settingsProblem: string | null;
  draft: Draft | null;
  /** What a dry run says of the draft; null while there is none. */
  plan: Plan | null;
  /** Somebody else has saved since the draft was begun. */
  overtakenBy: string | null;
  /** Passwords of a draft that a reload left out. */
  secretsLost: boolean;
  saving: boolean;
  /** Grows when records were missed, so that who shows records asks for them anew. */
  missed: number;
}

let state: State = {
  session: undefined,
  setupNeeded: false,
  lostSince: null,
  status: null,
  settings: null,
  settingsProblem: null,
  draft: null,
  plan: null,
  overtakenBy: null,
  secretsLost: false,
  saving: false,
  missed: 0,
};

const listeners = new Set<() => void>();
const recordListeners = new Set<(record: EventRecord) => void>();

export function getState(): State {
  return state;
}

function update(change: Partial<State>): void {
  state = { ...state, ...change };
  listeners.forEach((listener) => listener());
}

/** @param select its answer is compared by identity, and one level deep for objects and lists */
export function useStore<T>(select: (state: State) => T): T {
  const last = useRef<{ value: T } | null>(null);
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => {
      const value = select(state);
      if (last.current === null || !shallow(last.current.value, value)) {
        last.current = { value };
      }
      return last.current.value;
    },
  );
}

function shallow(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) {
    return true;
  }
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) {
    return false;
  }
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.is((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
}

/** Each record of any pair as it comes. @returns ends it */
export function onRecord(listener: (record: EventRecord) => void): () => void {
  recordListeners.add(listener);
  return () => recordListeners.delete(listener);
}

// ---- session -------------------------------------------------------------------------------------------------------

let stopListening: (() => void) | null = null;

/** Finds out who is logged in. A service that does not answer is asked again by itself. */
export async function begin(): Promise<void> {
  onUnauthorized(() => ended(false));
  try {
    const session = await get<Session>('/session');
    entered(session, isEarly('/status') ? await get<Status>('/status').catch(() => null) : null);
  } catch (e) {
    forgetEarly();
    if (e instanceof Refusal && e.status === 401) {
      ended(e.body['setupNeeded'] === true);
    } else {
      update({ lostSince: state.lostSince ?? Date.now() });
      window.setTimeout(() => void begin(), 2_000);
    }
  }
}

/** @param status as the stream would tell it first, where it is known already */
function entered(session: Session, status: Status | null = null): void {
  setCsrf(session.csrf);
  if (status !== null) {
    note(status, Date.now());
  }
  update({ session, status, setupNeeded: false, lostSince: null });
  void loadSettings();
  stopListening?.();
  stopListening = listen({
    status: (status) => {
      note(status, Date.now());
      update({ status });
    },
    record: (record) => recordListeners.forEach((listener) => listener(record)),
    configuration: (version) => void settingsChanged(version),
    connected: (is) => {
      if (is && state.lostSince !== null) {
        update({ lostSince: null });
        void loadSettings();
      } else if (!is && state.lostSince === null) {
        update({ lostSince: Date.now() });
      }
    },
    missed: () => update({ missed: state.missed + 1 }),
    mayRetry: sessionStands,
  });
}

/** A service that was started anew may not know this session any more. */
async function sessionStands(): Promise<boolean> {
  try {
    const session = await get<Session>('/session');
    setCsrf(session.csrf);
    update({ session });
    return true;
  } catch (e) {
    if (e instanceof Refusal && e.status === 401) {
      ended(e.body['setupNeeded'] === true);
      return false;
    }
    throw e;
  }
}

function ended(setupNeeded: boolean): void {
  stopListening?.();
  stopListening = null;
  update({ session: null, setupNeeded, status: null, settings: null, draft: null, plan: null, lostSince: null });
}

export async function login(user: string, password: string): Promise<void> {
  entered(await post<Session>('/session', { user, password }));
}

export async function setup(token: string, user: string, password: string): Promise<void> {
  entered(await post<Session>('/setup', { token, user, password }));
}

export async function logout(): Promise<void> {
  try {
    await del('/session');
  } finally {
    ended(false);
  }
}

// ---- settings and draft --------------------------------------------------------------------------------------------

const DRAFT_KEY = 'tandem.draft';

interface KeptDraft {
  base: Settings;
  changes: Change[];
  secretsLeftOut: boolean;
}

function keep(draft: Draft): void {
  try {
    if (!isModified(draft)) {
      window.localStorage.removeItem(DRAFT_KEY);
      return;
    }
    const { changes, leftOut } = withoutSecrets(changesOf(draft));
    const kept: KeptDraft = { base: draft.base, changes, secretsLeftOut: leftOut };
    window.localStorage.setItem(DRAFT_KEY, JSON.stringify(kept));
  } catch {
    // A browser that keeps nothing: the draft lives as long as the page.
  }
}

function keptDraft(): KeptDraft | null {
  try {
    const text = window.localStorage.getItem(DRAFT_KEY);
    return text === null ? null : (JSON.parse(text) as KeptDraft);
  } catch {
    return null;
  }
}

let loading: Promise<void> | null = null;

export function loadSettings(): Promise<void> {
  loading ??= reallyLoad().finally(() => (loading = null));
  return loading;
}

async function reallyLoad(): Promise<void> {
  let settings: Settings;
  try {
    settings = await get<Settings>('/configuration/settings');
  } catch (e) {
    update({ settingsProblem: sentence(e) });
    return;
  }
  const before = state.draft;
  if (before !== null && isModified(before)) {
    // The draft stays on what it was made from, so that a save can tell what changed meanwhile.
    update({ settings, settingsProblem: null, overtakenBy: settings.version === before.base.version ? null : settings.version });
    return;
  }
  const kept = before === null ? keptDraft() : null;
  if (kept !== null && kept.changes.length > 0) {
    const { draft } = replay(kept.base, kept.changes);
    const overtaken = kept.base.version !== settings.version;
    update({
      settings,
      settingsProblem: null,
      draft,
      overtakenBy: overtaken ? settings.version : null,
      secretsLost: kept.secretsLeftOut,
    });
    dryRunSoon();
    return;
  }
  update({ settings, settingsProblem: null, draft: fresh(settings), plan: null, overtakenBy: null });
}

async function settingsChanged(version: string): Promise<void> {
  if (!state.saving && state.settings?.version !== version) {
    await loadSettings();
  }
}

export function changeDraft(change: (draft: Draft) => Draft): void {
  if (state.draft === null) {
    return;
  }
  const draft = change(state.draft);
  update({ draft });
  keep(draft);
  dryRunSoon();
}

export function discardDraft(): void {
  if (state.settings !== null) {
    const draft = fresh(state.settings);
    keep(draft);
    update({ draft, plan: null, overtakenBy: null, secretsLost: false });
  }
}

/** Takes the draft onto what is saved now. @returns the changes for which there is no place any more */
export function rebaseDraft(): Change[] {
  if (state.settings === null || state.draft === null) {
    return [];
  }
  const { draft, lost } = replay(state.settings, changesOf(state.draft));
  keep(draft);
  update({ draft, overtakenBy: null });
  dryRunSoon();
  return lost;
}

let dryRunTimer = 0;
let dryRunOf: AbortController | null = null;

function dryRunSoon(): void {
  window.clearTimeout(dryRunTimer);
  dryRunTimer = window.setTimeout(() => void dryRun(), 350);
}

async function dryRun(): Promise<void> {
  dryRunOf?.abort();
  const draft = state.draft;
  if (draft === null || !isModified(draft) || state.overtakenBy !== null || state.session?.role !== 'engineer') {
    update({ plan: null });
    return;
  }
  const controller = new AbortController();
  dryRunOf = controller;
  try {
    const answer = await post<{ plan: Plan }>(
      '/configuration/changes',
      { expectedVersion: draft.base.version, dryRun: true, changes: changesOf(draft) },
      controller.signal,
    );
    update({ plan: answer.plan });
  } catch (e) {
    if (controller.signal.aborted) {
      return;
    }
    if (e instanceof Refusal && e.status === 422) {
      update({ plan: planOf(e) });
    } else if (isConflict(e)) {
      await loadSettings();
    } else if (e instanceof Refusal && e.status >= 400 && e.status < 500) {
      update({ plan: planOf(e) });
    }
    // Anything else is told at the save.
  }
}

/** What the draft as it is now would do; null: there is none, or it cannot be told. */
export async function planNow(): Promise<Plan | null> {
  window.clearTimeout(dryRunTimer);
  await dryRun();
  return state.plan;
}

/** Somebody else has saved; other refusals with that status say something about the change itself. */
function isConflict(e: unknown): boolean {
  return e instanceof Refusal && e.status === 409 && e.code === 'conflict';
}

function planOf(refusal: Refusal): Plan {
  const plan = refusal.body['plan'] as Plan | undefined;
  return plan ?? { applicable: false, problems: [{ severity: 'error', path: '', message: refusal.message, remedy: refusal.remedy }], steps: [] };
}

/** Makes changes that came while a save was under way a draft of their own. */
function goOnWith(changes: Change[]): void {
  if (changes.length > 0 && state.settings !== null) {
    const { draft } = replay(state.settings, changes);
    keep(draft);
    update({ draft });
    dryRunSoon();
  }
}

/** What came of a save. */
export type Saved = { kind: 'saved'; plan: Plan | null } | { kind: 'conflict' } | { kind: 'invalid'; plan: Plan } | { kind: 'failed'; why: string };

export async function save(): Promise<Saved> {
  const draft = state.draft;
  if (draft === null) {
    return { kind: 'failed', why: 'The settings are not here yet.' };
  }
  if (state.overtakenBy !== null) {
    return { kind: 'conflict' };
  }
  update({ saving: true });
  try {
    const answer = await post<{ version: string; plan?: Plan }>('/configuration/changes', {
      expectedVersion: draft.base.version,
      changes: changesOf(draft),
    });
    const later = state.draft === null || state.draft === draft ? [] : changesSince(draft, state.draft);
    window.localStorage.removeItem(DRAFT_KEY);
    update({ draft: null, plan: null, overtakenBy: null, secretsLost: false });
    // What is on its way may have been answered before the save.
    await loading;
    await loadSettings();
    goOnWith(later);
    return { kind: 'saved', plan: answer.plan ?? null };
  } catch (e) {
    if (isConflict(e)) {
      await loadSettings();
      return { kind: 'conflict' };
    }
    if (e instanceof Refusal && e.status === 422) {
      const plan = planOf(e);
      update({ plan });
      return { kind: 'invalid', plan };
    }
    return { kind: 'failed', why: sentence(e) };
  } finally {
    update({ saving: false });
  }
}

/** What going back would do. @param over the version in use before that was asked */
export interface Way {
  version: string;
  over: string | null;
  plan: Plan;
}

export async function planRollback(version: string): Promise<Way> {
  const { configVersion: over } = await get<Status>('/status');
  return { version, over, plan: await post<Plan>('/configuration/rollback', { version, dryRun: true }) };
}

/** Just what was planned: a refusal if somebody has saved since. */
export async function rollback({ version, over }: Way): Promise<void> {
  await post('/configuration/rollback', over === null ? { version } : { version, expectedVersion: over });
  await loadSettings();
}
