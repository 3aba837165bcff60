import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { pairPath, post, sentence } from '../api/http';
import type { PairStatus, Role } from '../api/types';
import { nameProblem, nextAlias, publishedName, remove, restore, set, unaliasProblem, workOf, type Work } from '../model/draft';
import { consequence, roleOf } from '../model/words';
import { changeDraft, getState } from '../state/store';
import { go, useRoute } from '../state/route';
import type { IconName } from '../ui/Shape';
import { ask, say } from '../ui/dialogs';
import { openDialog } from './open';

const RANK: Record<Role, number> = { viewer: 0, operator: 1, engineer: 2 };

/** Whether who is logged in may do what this role may. The service decides; this only spares a refusal. */
export function may(role: Role): boolean {
  const session = getState().session;
  return !!session && RANK[session.role] >= RANK[role];
}

type Order = 'switch' | 'pin' | 'unpin' | 'enable' | 'disable' | 'reset-damping';

const ORDERS: Record<Order, { title: (pair: string, side: string) => string; yes: string; done: string; tone: 'busy' | 'bad' }> = {
  switch: { title: (pair, side) => `Switch '${pair}' to the ${side}?`, yes: 'Switch', done: 'Switching', tone: 'busy' },
  pin: { title: (pair, side) => `Pin '${pair}' to the ${side}?`, yes: 'Pin', done: 'Pinned', tone: 'busy' },
  unpin: { title: (pair) => `Unpin '${pair}'?`, yes: 'Unpin', done: 'Unpinned', tone: 'busy' },
  enable: { title: (pair) => `Enable redundancy for '${pair}'?`, yes: 'Enable', done: 'Enabled', tone: 'busy' },
  disable: { title: (pair) => `Disable redundancy for '${pair}'?`, yes: 'Disable', done: 'Disabled', tone: 'bad' },
  'reset-damping': { title: (pair) => `Forget earlier failures of '${pair}'?`, yes: 'Forget', done: 'Forgotten', tone: 'busy' },
};

/** Says what will happen, then orders it. Takes effect at once; has nothing to do with the draft. */
export async function order(what: Order, pair: PairStatus, memberIndex?: number): Promise<void> {
  const words = ORDERS[what];
  const member = memberIndex === undefined ? undefined : pair.members[memberIndex];
  const side = memberIndex === undefined ? '' : roleOf(memberIndex).toLowerCase();
  const answer = await ask({
    title: words.title(pair.name, side),
    body: (
      <ul>
        {consequence(what, pair, member).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    ),
    yes: words.yes,
    tone: words.tone,
    hideId: what === 'disable' ? undefined : `order-${what}`,
  });
  if (answer !== 'yes') {
    return;
  }
  const about = `orders ${pair.name}`;
  try {
    await post(pairPath(pair.name, `/${what}`), memberIndex === undefined ? {} : { member: memberIndex });
    say('good', `${words.done}: '${pair.name}'${side ? `, ${side}` : ''}.`, about);
  } catch (e) {
    say('bad', sentence(e), about);
  }
}

/** Takes a pair out of the draft. */
export async function removePair(name: string): Promise<void> {
  const answer = await ask({
    title: `Remove '${name}' from the configuration?`,
    body: (
      <ul>
        <li>The pair and its settings leave the configuration when you save. Until then nothing changes for its clients.</li>
        <li>At the save its clients are closed, and its name is not answered any more.</li>
        <li>Its diagnostics stay on the disk.</li>
      </ul>
    ),
    yes: 'Remove',
    tone: 'bad',
    hideId: 'remove-pair',
  });
  if (answer === 'yes') {
    changeDraft((draft) => remove(draft, name));
  }
}

export async function aliasPair(name: string): Promise<void> {
  const draft = getState().draft;
  const work = draft && workOf(draft, name);
  if (!draft || !work) {
    return;
  }
  const current = publishedName(work.settings);
  let wanted = nextAlias(draft, String(work.settings['name'] ?? current));
  const answer = await ask({
    title: 'Alias Redundant Server Configuration',
    body: (
      <>
        <TextInput label="Current name (ProgID)" value={current} readOnly />
        <AliasInput initial={wanted} was={work.was} onChange={(value) => (wanted = value)} />
        <p className="muted">
          Aliased names can be browsed by OPC clients, on this machine and on others. Client projects that refer to the
          present name have to be changed to the new one.
        </p>
      </>
    ),
    yes: 'OK',
  });
  if (answer !== 'yes') {
    return;
  }
  const problem = nameProblem(draft, wanted, work.was);
  if (problem) {
    say('bad', problem);
    return;
  }
  changeDraft((now) => set(now, name, 'alias', wanted));
  follow(work.was, name, wanted);
}

function AliasInput({ initial, was, onChange }: { initial: string; was: string | null; onChange: (value: string) => void }) {
  const draft = getState().draft!;
  return <Named label="New name (ProgID)" initial={initial} problemOf={(value) => nameProblem(draft, value, was)} onChange={onChange} />;
}

function Named({ label, initial, problemOf, onChange }: { label: string; initial: string; problemOf: (value: string) => string | null; onChange: (value: string) => void }) {
  const [value, setValue] = useState(initial);
  return (
    <TextInput
      mt="sm"
      mb="sm"
      label={label}
      value={value}
      maxLength={64}
      data-autofocus
      error={problemOf(value)}
      onChange={(e) => {
        setValue(e.currentTarget.value);
        onChange(e.currentTarget.value);
      }}
    />
  );
}

export function unaliasPair(name: string): void {
  const draft = getState().draft;
  const work = draft && workOf(draft, name);
  if (!draft || !work) {
    return;
  }
  const problem = unaliasProblem(draft, work);
  if (problem) {
    say('bad', `Unalias is not allowed now: ${problem}`);
    return;
  }
  changeDraft((now) => set(now, name, 'alias', null));
  follow(work.was, name, String(work.settings['name']));
}

/** A pair that is only in the draft is known by its name there. */
function follow(was: string | null, before: string, after: string): void {
  if (was === null && window.location.hash.includes(encodeURIComponent(before))) {
    go({ page: 'pair', pair: after, tab: 'general' });
  }
}

/** One entry of a menu of a pair. */
export interface PairAction {
  label: string;
  icon: IconName;
  run: () => void;
  /** Groups are set apart by a line. */
  group: number;
}

/** What can be done with a pair now; only what makes sense (SV-4). */
export function pairActions(work: Work | undefined, status: PairStatus | undefined): PairAction[] {
  const actions: PairAction[] = [];
  const engineer = may('engineer');
  const name = work?.was ?? (work ? publishedName(work.settings) : status?.name);
  if (engineer) {
    actions.push({ label: 'Add Redundant Server Configuration…', icon: 'add', run: () => openDialog({ dialog: 'add' }), group: 0 });
  }
  if (engineer && work && name !== undefined) {
    if (work.removed) {
      actions.push({ label: 'Do Not Remove', icon: 'discard', run: () => changeDraft((draft) => restore(draft, name)), group: 0 });
    } else {
      actions.push({ label: 'Remove Redundant Server Configuration', icon: 'remove', run: () => void removePair(name), group: 0 });
      actions.push({ label: 'Alias Redundant Server Configuration…', icon: 'alias', run: () => void aliasPair(name), group: 1 });
      if (work.settings['alias'] !== undefined) {
        actions.push({ label: 'Unalias Redundant Server Configuration', icon: 'tag', run: () => unaliasPair(name), group: 1 });
      }
    }
  }
  if (may('operator') && status) {
    actions.push(
      status.enabled
        ? { label: 'Disable Redundancy', icon: 'power', run: () => void order('disable', status), group: 2 }
        : { label: 'Enable Redundancy', icon: 'power', run: () => void order('enable', status), group: 2 },
    );
    if (status.enabled) {
      for (const member of status.members) {
        if (!member.active) {
          actions.push({ label: `Switch to ${roleOf(member.index)}`, icon: 'swap', run: () => void order('switch', status, member.index), group: 3 });
        }
      }
      if (status.pinned !== null) {
        actions.push({ label: 'Unpin', icon: 'pin', run: () => void order('unpin', status), group: 3 });
      } else if (status.active !== null) {
        const active = status.active;
        actions.push({ label: `Pin to ${roleOf(active)}`, icon: 'pin', run: () => void order('pin', status, active), group: 3 });
      }
      if (status.members.some((member) => member.damped)) {
        actions.push({ label: 'Forget Earlier Failures', icon: 'refresh', run: () => void order('reset-damping', status), group: 3 });
      }
    }
  }
  return actions;
}

/** The pair that is shown, as status and as draft. */
export function useShownPair(): string | null {
  const route = useRoute();
  return route.page === 'pair' ? route.pair : null;
}
