import type { Change, Json, Settings, Tree } from '../api/types';
import { at, differences, isTree, same, withAt, type Difference } from './tree';

/**
 * A draft is what a person wants and has not saved: the settings as they were taken up, and as they shall be. What is
 * sent is the list of changes between the two, so a setting that is put back to what it was is no change. Pure.
 */
export interface Draft {
  base: Settings;
  pairs: Work[];
  doors: { [door: string]: Tree };
}

/** @param was the published name in the saved settings; null for a pair that is added */
export interface Work {
  was: string | null;
  removed: boolean;
  settings: Tree;
}

export function publishedName(settings: Tree): string {
  return String(settings['alias'] ?? settings['name'] ?? '');
}

export function fresh(base: Settings): Draft {
  return {
    base,
    pairs: base.pairs.map((settings) => ({ was: publishedName(settings), removed: false, settings })),
    doors: base.doors,
  };
}

function savedOf(draft: Draft, was: string | null): Tree | undefined {
  return was === null ? undefined : draft.base.pairs.find((pair) => publishedName(pair) === was);
}

/** By the name that it has now in the draft, or by the one it has in the service. */
export function workOf(draft: Draft, name: string): Work | undefined {
  return (
    draft.pairs.find((work) => work.was === name) ??
    draft.pairs.find((work) => publishedName(work.settings) === name)
  );
}

function edit(draft: Draft, name: string, change: (work: Work) => Work): Draft {
  const which = workOf(draft, name);
  return { ...draft, pairs: draft.pairs.map((work) => (work === which ? change(work) : work)) };
}

export function set(draft: Draft, name: string, path: string, value: Json | undefined): Draft {
  return edit(draft, name, (work) => ({ ...work, settings: withAt(work.settings, path, value) }));
}

export function setDoor(draft: Draft, door: string, path: string, value: Json | undefined): Draft {
  return { ...draft, doors: { ...draft.doors, [door]: withAt(draft.doors[door] ?? {}, path, value) } };
}

export function add(draft: Draft, settings: Tree): Draft {
  return { ...draft, pairs: [...draft.pairs, { was: null, removed: false, settings }] };
}

/** A pair that was only added is gone at once; a saved one goes when it is saved. */
export function remove(draft: Draft, name: string): Draft {
  const which = workOf(draft, name);
  if (which?.was === null) {
    return { ...draft, pairs: draft.pairs.filter((work) => work !== which) };
  }
  return edit(draft, name, (work) => ({ ...work, removed: true }));
}

export function restore(draft: Draft, name: string): Draft {
  return edit(draft, name, (work) => ({ ...work, removed: false }));
}

/** The list of changes that makes the saved settings what the draft says; removals first, aliases last. */
export function changesOf(draft: Draft): Change[] {
  const changes: Change[] = [];
  for (const work of draft.pairs) {
    if (work.removed && work.was !== null) {
      changes.push({ change: 'remove-pair', pair: work.was });
    }
  }
  const aliases: Change[] = [];
  for (const work of draft.pairs) {
    const saved = savedOf(draft, work.was);
    if (work.removed || saved === undefined || work.was === null) {
      continue;
    }
    for (const { path, after } of differences(saved, work.settings)) {
      if (path !== 'alias') {
        changes.push({ change: 'set', pair: work.was, path, value: after });
      } else if (after === null) {
        aliases.push({ change: 'remove-alias', pair: work.was });
      } else {
        aliases.push({ change: 'set-alias', pair: work.was, alias: String(after) });
      }
    }
  }
  for (const [door, settings] of Object.entries(draft.doors)) {
    for (const { path, after } of differences(draft.base.doors[door] ?? {}, settings)) {
      changes.push({ change: 'set-door', door, path, value: after });
    }
  }
  const added = draft.pairs.filter((work) => work.was === null);
  // A pair may be added under the name that another one leaves by an alias.
  return [...changes, ...aliases, ...added.map((work): Change => ({ change: 'add-pair', settings: work.settings }))];
}

export function isModified(draft: Draft): boolean {
  let is = known.get(draft);
  if (is === undefined) {
    is = changesOf(draft).length > 0;
    known.set(draft, is);
  }
  return is;
}

/** A draft is never changed in place, and asked about with each look at the service. */
const known = new WeakMap<Draft, boolean>();

/**
 * What was changed in a draft after it was sent: from the settings that it asked for to those that it asks for now. A pair that
 * was sent to be removed stays so.
 */
export function changesSince(sent: Draft, now: Draft): Change[] {
  const stayed = sent.pairs.filter((work) => !work.removed);
  const isSame = (a: Work, b: Work) => a.was === b.was && (a.was !== null || publishedName(a.settings) === publishedName(b.settings));
  const pairs = stayed.map((before): Work => {
    const after = now.pairs.find((work) => isSame(work, before));
    return { was: publishedName(before.settings), removed: after === undefined || after.removed, settings: after?.settings ?? before.settings };
  });
  const added = now.pairs.filter((work) => work.was === null && !stayed.some((before) => isSame(work, before)));
  const base = { ...sent.base, pairs: stayed.map((work) => work.settings), doors: sent.doors };
  return changesOf({ base, pairs: [...pairs, ...added], doors: now.doors });
}

/** Takes changes that were made elsewhere or earlier onto these settings; what no longer fits is told. */
export function replay(base: Settings, changes: readonly Change[]): { draft: Draft; lost: Change[] } {
  let draft = fresh(base);
  const lost: Change[] = [];
  for (const change of changes) {
    const fits = change.change === 'add-pair' || change.change === 'set-door' || workOf(draft, change.pair);
    if (!fits) {
      lost.push(change);
      continue;
    }
    draft = replayOne(draft, change);
  }
  return { draft, lost };
}

function replayOne(draft: Draft, change: Change): Draft {
  switch (change.change) {
    case 'set':
      return set(draft, change.pair, change.path, change.value);
    case 'set-door':
      return setDoor(draft, change.door, change.path, change.value);
    case 'add-pair':
      return add(draft, change.settings);
    case 'remove-pair':
      return remove(draft, change.pair);
    case 'set-alias':
      return set(draft, change.pair, 'alias', change.alias);
    case 'remove-alias':
      return set(draft, change.pair, 'alias', null);
  }
}

const SECRET = /(^|\.)(password|secret)$/;

/** What may be kept in the browser: no password is. @returns the changes without them, and whether one was left out */
export function withoutSecrets(changes: readonly Change[]): { changes: Change[]; leftOut: boolean } {
  let leftOut = false;
  const strip = (value: Json): Json => {
    if (Array.isArray(value)) {
      return value.map(strip);
    }
    if (!isTree(value)) {
      return value;
    }
    const entries = Object.entries(value).filter(([key, inner]) => {
      const isSecret = SECRET.test(key) && typeof inner === 'string';
      leftOut ||= isSecret;
      return !isSecret;
    });
    return Object.fromEntries(entries.map(([key, inner]) => [key, strip(inner)]));
  };
  const kept: Change[] = [];
  for (const change of changes) {
    if ((change.change === 'set' || change.change === 'set-door') && SECRET.test(change.path) && change.value !== null) {
      leftOut = true;
    } else if (change.change === 'add-pair') {
      kept.push({ ...change, settings: strip(change.settings) as Tree });
    } else if (change.change === 'set' || change.change === 'set-door') {
      kept.push({ ...change, value: strip(change.value) });
    } else {
      kept.push(change);
    }
  }
  return { changes: kept, leftOut };
}

/** One setting that somebody else changed while a draft was open. */
export interface Meanwhile extends Difference {
  pair: string;
  /** The draft sets the same. */
  alsoMine: boolean;
}

/** What others changed between two texts of the settings, with a mark where a draft of the earlier one changes it too. */
export function meanwhile(earlier: Settings, now: Settings, mine: readonly Change[]): Meanwhile[] {
  const found: Meanwhile[] = [];
  const names = new Set([...earlier.pairs, ...now.pairs].map(publishedName));
  for (const name of names) {
    const before = earlier.pairs.find((pair) => publishedName(pair) === name);
    const after = now.pairs.find((pair) => publishedName(pair) === name);
    const ours = mine.filter((change) => 'pair' in change && change.pair === name);
    if (before === undefined || after === undefined) {
      found.push({ pair: name, path: '', before: before ?? null, after: after ?? null, alsoMine: ours.length > 0 });
      continue;
    }
    for (const difference of differences(before, after)) {
      const alsoMine = ours.some(
        (change) => change.change === 'remove-pair' || (change.change === 'set' && overlap(change.path, difference.path)),
      );
      found.push({ ...difference, pair: name, alsoMine });
    }
  }
  for (const door of new Set([...Object.keys(earlier.doors), ...Object.keys(now.doors)])) {
    for (const difference of differences(earlier.doors[door] ?? {}, now.doors[door] ?? {})) {
      const alsoMine = mine.some(
        (change) => change.change === 'set-door' && change.door === door && overlap(change.path, difference.path),
      );
      found.push({ ...difference, pair: door, alsoMine });
    }
  }
  return found;
}

function overlap(a: string, b: string): boolean {
  const within = (inner: string, outer: string) => inner === outer || inner.startsWith(`${outer}.`) || inner.startsWith(`${outer}[`);
  return within(a, b) || within(b, a);
}

/** The next free alias of a name: `<name>.Alias1`, `.Alias2` and so on. */
export function nextAlias(draft: Draft, name: string): string {
  const taken = new Set(draft.pairs.flatMap((work) => [String(work.settings['name'] ?? ''), publishedName(work.settings)]).map(lower));
  for (let i = 1; ; i++) {
    const proposed = `${name}.Alias${i}`;
    if (!taken.has(proposed.toLowerCase())) {
      return proposed;
    }
  }
}

function lower(text: string): string {
  return text.toLowerCase();
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** @returns why a name cannot be published, or null */
export function nameProblem(draft: Draft, name: string, exceptWas?: string | null): string | null {
  if (/[<>&]/.test(name)) {
    return 'A name cannot include the characters <, > and &.';
  }
  if (!NAME.test(name)) {
    return 'A name has letters, digits, -, _ and ., at most 64, and begins with a letter or digit.';
  }
  const other = draft.pairs.find(
    (work) => !work.removed && publishedName(work.settings).toLowerCase() === name.toLowerCase() && (exceptWas === undefined || work.was !== exceptWas),
  );
  return other ? `'${name}' is in use by another pair. Give one of the two an alias.` : null;
}

/** Whether an alias can be taken away: its original name must be free. @returns why not, or null */
export function unaliasProblem(draft: Draft, work: Work): string | null {
  const original = String(work.settings['name'] ?? '');
  const other = draft.pairs.find((each) => each !== work && !each.removed && publishedName(each.settings) === original);
  return other ? `'${original}' is in use by another pair. Remove that one or give it an alias first.` : null;
}

/** The setting that is in force: the draft's, else the default. */
export function effective(settings: Tree, defaults: Tree, path: string): Json | undefined {
  return at(settings, path) ?? at(defaults, path);
}

export function isSameDraft(a: Draft, b: Draft): boolean {
  return same(changesOf(a) as unknown as Json, changesOf(b) as unknown as Json);
}
