import { Button, Checkbox, NumberInput, PasswordInput, Select, TextInput, Textarea } from '@mantine/core';
import { createContext, useContext, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { Json, PlanProblem, Tree } from '../api/types';
import { publishedName, set, setDoor, workOf, type Draft } from '../model/draft';
import { durationOf, millisOf } from '../model/duration';
import { at, isHidden, same } from '../model/tree';
import { changeDraft, getState, useStore } from '../state/store';
import { may } from './actions';

/**
 * Fields that show one setting of the draft each and change it: with its default where it is not set, a mark where it
 * differs from what is saved, and what the dry run says of it. Whose settings they are is said once, around them.
 */
export interface Scope {
  settings: Tree;
  saved: Tree;
  defaults: Tree;
  problems: PlanProblem[];
  change: (path: string, value: Json | undefined) => void;
  readOnly: boolean;
}

const ScopeContext = createContext<Scope | null>(null);

export function useScope(): Scope {
  return useContext(ScopeContext)!;
}

const NOTHING: Tree = {};

/** Around fields of a pair. */
export function PairScope({ pair, children }: { pair: string; children: ReactNode }) {
  const { draft, plan, editable } = useStore((s) => ({ draft: s.draft, plan: s.plan, editable: s.settings?.editable ?? false }));
  if (!draft) {
    return <p className="empty">The settings are not here yet.</p>;
  }
  const work = workOf(draft, pair);
  if (!work) {
    return <p className="empty">This pair is not in the configuration.</p>;
  }
  const published = publishedName(work.settings);
  const scope: Scope = {
    settings: work.settings,
    saved: savedOf(draft, work.was),
    defaults: draft.base.defaults.pair,
    problems: (plan?.problems ?? []).filter((problem) => problem.pair === pair || problem.pair === published),
    change: (path, value) => changeDraft((now) => set(now, pair, path, value)),
    readOnly: !editable || !may('engineer') || work.removed,
  };
  return <ScopeContext.Provider value={scope}>{children}</ScopeContext.Provider>;
}

/** Around fields of a front door. */
export function DoorScope({ door, children }: { door: string; children: ReactNode }) {
  const { draft, plan, editable } = useStore((s) => ({ draft: s.draft, plan: s.plan, editable: s.settings?.editable ?? false }));
  if (!draft) {
    return <p className="empty">The settings are not here yet.</p>;
  }
  const scope: Scope = {
    settings: draft.doors[door] ?? NOTHING,
    saved: draft.base.doors[door] ?? NOTHING,
    defaults: NOTHING,
    problems: (plan?.problems ?? [])
      .filter((problem) => !problem.pair && (problem.path === door || problem.path.startsWith(`${door}.`)))
      .map((problem) => ({ ...problem, path: problem.path.slice(door.length + 1) })),
    change: (path, value) => changeDraft((now) => setDoor(now, door, path, value)),
    readOnly: !editable || !may('engineer'),
  };
  return <ScopeContext.Provider value={scope}>{children}</ScopeContext.Provider>;
}

export { ScopeContext };

function savedOf(draft: Draft, was: string | null): Tree {
  return draft.base.pairs.find((pair) => publishedName(pair) === was) ?? NOTHING;
}

/** One setting: what it is, what it would be by default, what is wrong with it. */
export function useSetting(path: string, fallback?: Json) {
  const scope = useScope();
  const value = at(scope.settings, path);
  const preset = at(scope.defaults, path) ?? fallback;
  const mine = scope.problems.filter((problem) => problem.path === path || problem.path.startsWith(`${path}[`));
  const error = mine.find((problem) => problem.severity === 'error');
  const warning = mine.find((problem) => problem.severity === 'warning');
  const saved = at(scope.saved, path);
  const isChanged = !same(value, saved);
  return {
    value,
    preset,
    shown: value ?? preset,
    error: error ? `${error.message} ${error.remedy}`.trim() : undefined,
    warning: warning ? `${warning.message} ${warning.remedy}`.trim() : undefined,
    className: isChanged ? 'changed' : undefined,
    readOnly: scope.readOnly,
    change: (next: Json | undefined) => scope.change(path, next),
    /** The same, but what means what is saved is no change: 1000ms is 1s, and a default that is not set stays so. */
    choose: (next: Json, means: (value: Json | undefined) => unknown = (each) => each) =>
      scope.change(path, means(saved ?? preset) === means(next) ? saved : next),
  };
}

interface FieldProps {
  path: string;
  label: string;
  hint?: ReactNode;
  fallback?: Json;
  disabled?: boolean;
}

function describe(hint: ReactNode, warning: string | undefined): ReactNode {
  return warning ? (
    <>
      {hint} <span className="tone-warn">{warning}</span>
    </>
  ) : (
    hint
  );
}

export function TextField({ path, label, hint, fallback, disabled, placeholder }: FieldProps & { placeholder?: string }) {
  const s = useSetting(path, fallback);
  return (
    <TextInput
      label={label}
      className={s.className}
      description={describe(hint, s.warning)}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      value={typeof s.value === 'string' || typeof s.value === 'number' ? String(s.value) : ''}
      placeholder={placeholder ?? (s.preset === undefined || s.preset === null ? undefined : String(s.preset))}
      error={s.error}
      disabled={disabled}
      readOnly={s.readOnly}
      onChange={(e) => s.change(e.currentTarget.value === '' ? undefined : e.currentTarget.value)}
    />
  );
}

export function AreaField({ path, label, hint, lines, rows = 3 }: FieldProps & { lines?: boolean; rows?: number }) {
  const s = useSetting(path);
  const text = Array.isArray(s.value) ? s.value.join('\n') : typeof s.value === 'string' ? s.value : '';
  const [typed, setTyped] = useState(text);
  // A list has no empty lines, and what is typed has while it is typed.
  const shown = lines && same(listOf(typed), listOf(text)) ? typed : text;
  return (
    <Textarea
      label={label}
      className={s.className}
      description={describe(hint, s.warning)}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      rows={rows}
      value={lines ? shown : text}
      error={s.error}
      readOnly={s.readOnly}
      onKeyDown={newlineOnCtrlEnter}
      onChange={(e) => {
        const next = e.currentTarget.value;
        setTyped(next);
        const list = listOf(next);
        s.change(lines ? (list.length === 0 ? undefined : list) : next === '' ? undefined : next);
      }}
    />
  );
}

/** Browsers do nothing on Ctrl+Enter, which the manual's hint names (NOT-10). */
function newlineOnCtrlEnter(e: KeyboardEvent<HTMLTextAreaElement>): void {
  const area = e.currentTarget;
  if (e.key !== 'Enter' || !e.ctrlKey || area.readOnly) {
    return;
  }
  e.preventDefault();
  area.setRangeText('\n', area.selectionStart, area.selectionEnd, 'end');
  // React hears of it as of a key that was typed.
  area.dispatchEvent(new Event('input', { bubbles: true }));
}

function listOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

export function CheckField({ path, label, hint, fallback = false, disabled }: FieldProps) {
  const s = useSetting(path, fallback);
  return (
    <Checkbox
      label={label}
      className={s.className}
      description={describe(hint, s.warning)}
      checked={s.shown === true}
      error={s.error}
      disabled={disabled || s.readOnly}
      onChange={(e) => s.choose(e.currentTarget.checked)}
    />
  );
}

export function ChoiceField({ path, label, hint, fallback, disabled, options }: FieldProps & { options: readonly (string | { value: string; label: string })[] }) {
  const s = useSetting(path, fallback);
  return (
    <Select
      label={label}
      className={s.className}
      description={describe(hint, s.warning)}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      data={options as { value: string; label: string }[]}
      value={typeof s.shown === 'string' ? s.shown : null}
      allowDeselect={false}
      error={s.error}
      disabled={disabled || s.readOnly}
      onChange={(next) => next !== null && s.choose(next)}
    />
  );
}

/** A duration, in milliseconds as the manual has it. */
export function MillisField({ path, label, hint, fallback, disabled, min, max, step = 100 }: FieldProps & { min: number; max: number; step?: number }) {
  const s = useSetting(path, fallback);
  const millis = millisOf(s.value);
  const preset = millisOf(s.preset);
  return (
    <NumberInput
      label={label}
      className={s.className}
      description={describe(hint ?? (preset === undefined ? undefined : `${min} to ${max}; ${preset} if not set`), s.warning)}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      value={millis ?? preset ?? ''}
      min={min}
      max={max}
      step={step}
      clampBehavior="none"
      allowDecimal={false}
      allowNegative={false}
      error={s.error ?? rangeProblem(millis, min, max, s.value)}
      disabled={disabled}
      readOnly={s.readOnly}
      onChange={(next) => (typeof next === 'number' ? next !== (millis ?? preset) && s.choose(durationOf(next), millisOf) : next === '' && s.change(undefined))}
    />
  );
}

function rangeProblem(millis: number | undefined, min: number, max: number, value: Json | undefined): string | undefined {
  return value !== undefined && millis !== undefined && (millis < min || millis > max) ? `Write ${min} to ${max}.` : undefined;
}

export function NumberField({ path, label, hint, fallback, disabled, min, max }: FieldProps & { min: number; max: number }) {
  const s = useSetting(path, fallback);
  const value = typeof s.value === 'number' ? s.value : undefined;
  return (
    <NumberInput
      label={label}
      className={s.className}
      description={describe(hint, s.warning)}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      value={value ?? (typeof s.preset === 'number' ? s.preset : '')}
      min={min}
      max={max}
      clampBehavior="none"
      allowDecimal={false}
      allowNegative={false}
      error={s.error ?? rangeProblem(value, min, max, s.value)}
      disabled={disabled}
      readOnly={s.readOnly}
      onChange={(next) => (typeof next === 'number' ? next !== (value ?? s.preset) && s.choose(next) : next === '' && s.change(undefined))}
    />
  );
}

/** A password is never shown: one that is set can be changed or taken away. */
export function SecretField({ path, label, hint }: FieldProps) {
  const s = useSetting(path);
  const saved = at(useScope().saved, path);
  if (isHidden(s.value)) {
    return (
      <div className="with-button secret is-set">
        <TextInput label={label} value="is set" readOnly description={hint} inputWrapperOrder={['label', 'input', 'description', 'error']} error={s.error} />
        {!s.readOnly && (
          <>
            <Button variant="default" h={36} onClick={() => s.change('')} aria-label={`Change ${label}`}>
              Change
            </Button>
            <Button variant="default" h={36} onClick={() => s.change(undefined)} aria-label={`Remove ${label}`}>
              Remove
            </Button>
          </>
        )}
      </div>
    );
  }
  return (
    <div className="with-button">
      <PasswordInput
        label={label}
        className={s.className}
        description={hint}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        autoComplete="new-password"
        value={typeof s.value === 'string' ? s.value : ''}
        error={s.error}
        readOnly={s.readOnly}
        onChange={(e) => s.change(e.currentTarget.value === '' && !isHidden(saved) ? undefined : e.currentTarget.value)}
      />
      {isHidden(saved) && (
        <Button variant="default" h={36} onClick={() => s.change(saved)} aria-label={`Keep ${label} as it is`}>
          Keep
        </Button>
      )}
    </div>
  );
}

/** What is wrong and belongs to no field that is shown. */
export function OtherProblems({ shown }: { shown: (path: string) => boolean }) {
  const { problems } = useScope();
  const others = problems.filter((problem) => !shown(problem.path));
  return others.length === 0 ? null : (
    <ul className="problems">
      {others.map((problem) => (
        <li key={problem.path + problem.message} className={problem.severity === 'error' ? 'tone-bad' : 'tone-warn'}>
          {problem.path && <span className="mono">{problem.path}: </span>}
          {problem.message} {problem.remedy}
        </li>
      ))}
    </ul>
  );
}

export function isDa(settings: Tree): boolean {
  const members = settings['members'];
  const first = Array.isArray(members) ? members[0] : undefined;
  return typeof first === 'object' && first !== null && !Array.isArray(first) && !('url' in first) && ('host' in first || 'progId' in first || 'clsid' in first);
}

export function currentDraft(): Draft | null {
  return getState().draft;
}
