import type { Json, Tree } from '../api/types';

/**
 * Paths into a tree of settings, as the service writes them: `mode`, `members[0].url`, `monitor.items[2].trigger`.
 * Everything here is pure and leaves what it is given as it is.
 */
export type Segment = string | number;

export function parsePath(path: string): Segment[] {
  const segments: Segment[] = [];
  for (const part of path.split('.')) {
    const match = /^([^[\]]*)((?:\[\d+\])*)$/.exec(part);
    if (!match) {
      throw new Error(`'${path}' is no path of settings.`);
    }
    if (match[1]) {
      segments.push(match[1]);
    }
    for (const index of match[2]!.matchAll(/\[(\d+)\]/g)) {
      segments.push(Number(index[1]));
    }
  }
  return segments;
}

export function formatPath(segments: readonly Segment[]): string {
  return segments.reduce<string>(
    (path, segment) => (typeof segment === 'number' ? `${path}[${segment}]` : path === '' ? segment : `${path}.${segment}`),
    '',
  );
}

export function isTree(value: Json | undefined): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A password that is set and not shown. */
export function isHidden(value: Json | undefined): boolean {
  return isTree(value) && value['hidden'] === true;
}

export function at(tree: Json | undefined, path: string): Json | undefined {
  let here: Json | undefined = tree;
  for (const segment of parsePath(path)) {
    if (typeof segment === 'number') {
      here = Array.isArray(here) ? here[segment] : undefined;
    } else {
      here = isTree(here) ? here[segment] : undefined;
    }
  }
  return here;
}

/** @param value undefined or null takes the setting away; parents that become empty go with it */
export function withAt(tree: Tree, path: string, value: Json | undefined): Tree {
  return put(tree, parsePath(path), value === null ? undefined : value) as Tree;
}

function put(node: Json | undefined, segments: readonly Segment[], value: Json | undefined): Json | undefined {
  const [first, ...rest] = segments;
  if (first === undefined) {
    return value;
  }
  if (typeof first === 'number') {
    const list = Array.isArray(node) ? [...node] : [];
    const inner = put(list[first], rest, value);
    if (inner === undefined) {
      list.splice(first, 1);
    } else {
      list[first] = inner;
    }
    return list;
  }
  const own: Tree = isTree(node) && !isHidden(node) ? { ...node } : {};
  const inner = put(own[first], rest, value);
  if (inner === undefined || (rest.length > 0 && isTree(inner) && Object.keys(inner).length === 0)) {
    delete own[first];
  } else {
    own[first] = inner;
  }
  return own;
}

export function same(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) {
    return true;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, i) => same(value, b[i]));
  }
  if (isTree(a) && isTree(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].every((key) => same(a[key], b[key]));
  }
  return false;
}

/** One setting that differs. `null` stands for: not set. */
export interface Difference {
  path: string;
  before: Json;
  after: Json;
}

/**
 * What differs, as finely as can be set one by one: through trees to their leaves, through lists of the same length of
 * trees entry by entry, other lists whole. A tree that is not there before is one difference, whole.
 */
export function differences(before: Tree, after: Tree): Difference[] {
  const found: Difference[] = [];
  compare([], before, after, found);
  return found;
}

function compare(path: Segment[], before: Json | undefined, after: Json | undefined, found: Difference[]): void {
  if (same(before, after)) {
    return;
  }
  if (isTree(before) && isTree(after) && !isHidden(before) && !isHidden(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare([...path, key], before[key], after[key], found);
    }
    return;
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length && [...before, ...after].every(isTree)) {
    after.forEach((value, i) => compare([...path, i], before[i], value, found));
    return;
  }
  found.push({ path: formatPath(path), before: before ?? null, after: after ?? null });
}
