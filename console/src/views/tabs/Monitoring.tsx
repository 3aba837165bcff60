import { Button, Checkbox, NumberInput, Select, TextInput, Tooltip } from '@mantine/core';
import { useState, type KeyboardEvent } from 'react';
import type { Json, Member, MonitorItemState, Tree } from '../../api/types';
import { publishedName, workOf } from '../../model/draft';
import { durationOf, millisOf } from '../../model/duration';
import { adjustedTime, itemRows, typedValue, type MonitorRow } from '../../model/monitor';
import { isTree } from '../../model/tree';
import { DATA_TYPES, TRIGGERS, roleOf, type Tone } from '../../model/words';
import { useStore } from '../../state/store';
import { Dialog, ask } from '../../ui/dialogs';
import { Notice } from '../../ui/Notice';
import { Icon, Pill, Shape } from '../../ui/Shape';
import { CardHead } from '../../ui/CardHead';
import { Table } from '../../ui/Table';
import { ItemBrowser } from '../find/ItemBrowser';
import { OtherProblems, PairScope, isDa, useScope } from '../fields';

/** Monitoring settings: items whose behaviour tells how well a server is, and how each member's test stands now. */
export function Monitoring({ pair }: { pair: string }) {
  return (
    <PairScope pair={pair}>
      <TestState pair={pair} />
      <ItemList pair={pair} />
    </PairScope>
  );
}

const TESTS: Record<string, { word: string; tone: Tone }> = {
  passed: { word: 'Test passed', tone: 'good' },
  failed: { word: 'Test in error', tone: 'bad' },
  untested: { word: 'Not tested yet', tone: 'idle' },
};

function TestState({ pair }: { pair: string }) {
  const members = useStore((s) => s.status?.pairs.find((each) => each.name === pair)?.members);
  const tested = members?.filter((member) => (member.monitor?.items.length ?? 0) > 0) ?? [];
  if (tested.length === 0) {
    return null;
  }
  return (
    <section className="columns" aria-label="State of the test">
      {tested.map((member) => (
        <div className="card" key={member.index}>
          <CardHead title={roleOf(member.index)}>
            <Pill tone={TESTS[member.monitor!.test]!.tone}>{TESTS[member.monitor!.test]!.word}</Pill>
          </CardHead>
          <div className="card-body muted small">
            {member.monitor!.inError} of {member.monitor!.items.length} items in error; {member.monitor!.failureCount === 1 ? 'one is' : `${member.monitor!.failureCount} are`} enough to make it fail.
          </div>
        </div>
      ))}
    </section>
  );
}

type Editing = { index: number | null; item: Tree } | null;

function ItemList({ pair }: { pair: string }) {
  const scope = useScope();
  const [chosen, setChosen] = useState(0);
  const [editing, setEditing] = useState<Editing>(null);
  const live = useStore((s) => s.status?.pairs.find((each) => each.name === pair)?.members);
  const defaults = useStore((s) => s.settings?.defaults.monitorItem ?? NOTHING);
  const monitor = isTree(scope.settings['monitor']) ? scope.settings['monitor'] : null;
  const items = (monitor && Array.isArray(monitor['items']) ? monitor['items'] : []).filter(isTree);
  const rows = itemRows(items, defaults);
  const count = typeof monitor?.['failureCount'] === 'number' ? monitor['failureCount'] : 1;
  const current = Math.min(chosen, rows.length - 1);

  const write = (next: Tree[], failureCount: number) => {
    if (next.length === 0) {
      scope.change('monitor', undefined);
      return;
    }
    const clamped = Math.min(Math.max(1, failureCount), next.length);
    scope.change('monitor', { ...(clamped === 1 && monitor?.['failureCount'] === undefined ? {} : { failureCount: clamped }), items: next } as Json);
  };

  const add = () => setEditing({ index: null, item: { item: '', trigger: 'badQuality' } });
  const modify = () => rows[current] && setEditing({ index: current, item: items[current]! });
  const remove = async () => {
    const answer = await ask({
      title: 'Delete this monitor item?',
      body: <p className="mono">{rows[current]?.item}</p>,
      yes: 'Delete',
      tone: 'bad',
      hideId: 'delete-monitor-item',
    });
    if (answer === 'yes') {
      write(items.filter((_, i) => i !== current), count);
    }
  };
  const keys = (e: KeyboardEvent, index: number) => {
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault();
      const next = Math.min(rows.length - 1, Math.max(0, index + (e.key === 'ArrowDown' ? 1 : -1)));
      setChosen(next);
      (e.currentTarget.parentElement?.children[next] as HTMLElement | undefined)?.focus();
    } else if (e.key === 'Enter') {
      modify();
    } else if (e.key === 'Delete' && !scope.readOnly) {
      void remove();
    }
  };

  return (
    <section className="card">
      <CardHead title="Monitor Item List">
        <Button leftSection={<Icon name="add" />} onClick={add} disabled={scope.readOnly}>
          Add…
        </Button>
        <Button variant="default" onClick={modify} disabled={scope.readOnly || current < 0}>
          Modify…
        </Button>
        <Button variant="default" onClick={() => void remove()} disabled={scope.readOnly || current < 0}>
          Delete
        </Button>
      </CardHead>
      {rows.length === 0 ? (
        <p className="empty">
          Nothing is monitored: a server is judged by whether it answers. Add a watchdog to notice that the device behind
          a server is cut off while the server itself goes on answering.
        </p>
      ) : (
        <Table heads={['Item ID', 'Access Path', 'Data Type', 'Trigger', 'Trigger Data', 'Update Rate (ms)', ...(live ?? []).map((member) => roleOf(member.index))]}>
          {rows.map((row, i) => (
            <tr
              key={i}
              tabIndex={i === current ? 0 : -1}
              className={i === current ? 'chosen' : undefined}
              aria-selected={i === current}
              onClick={() => setChosen(i)}
              onFocus={() => setChosen(i)}
              onDoubleClick={modify}
              onKeyDown={(e) => keys(e, i)}
            >
              <ItemCells row={row} live={live ?? []} />
            </tr>
          ))}
        </Table>
      )}
      <div className="card-body form">
        <NumberInput
          label="Monitor item failure count"
          description={rows.length === 0 ? 'counts once there are items' : `1 to ${rows.length}: so many items in error on one server make it fail`}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          value={rows.length === 0 ? 0 : count}
          min={rows.length === 0 ? 0 : 1}
          max={rows.length}
          clampBehavior="strict"
          allowDecimal={false}
          disabled={rows.length === 0}
          readOnly={scope.readOnly}
          onChange={(next) => typeof next === 'number' && next >= 1 && write(items, next)}
        />
        <div className="wide">
          <OtherProblems shown={(path) => !path.startsWith('monitor')} />
        </div>
      </div>
      {editing && (
        <MonitorItemDialog
          pair={pair}
          initial={editing.item}
          isNew={editing.index === null}
          onClose={() => setEditing(null)}
          onOk={(item) => {
            const at = editing.index;
            setEditing(null);
            write(at === null ? [...items, item] : items.map((each, i) => (i === at ? item : each)), count);
            setChosen(at ?? items.length);
          }}
        />
      )}
    </section>
  );
}

const NOTHING: Tree = {};

function ItemCells({ row, live }: { row: MonitorRow; live: Member[] }) {
  return (
    <>
      <td className="mono item">{row.item}</td>
      <td className="mono">{row.accessPath}</td>
      <td>{row.dataType}</td>
      <td className="trigger">{row.triggerLabel}</td>
      <td className="num">{row.triggerData}</td>
      <td className="num">{row.updateRate}</td>
      {live.map((member) => (
        <td key={member.index}>
          <ItemState state={member.monitor?.items.find((each) => each.item === row.item)} member={member} />
        </td>
      ))}
    </>
  );
}

function ItemState({ state, member }: { state: MonitorItemState | undefined; member: Member }) {
  if (!state) {
    return <span className="muted small">{member.connected ? 'not saved yet' : 'not connected'}</span>;
  }
  const hints = [
    state.why,
    state.rateMs === null ? '' : `the server tells changes every ${state.rateMs} ms at most`,
    state.proposedTimeMs === null ? '' : `a fitting time for "no changes": ${state.proposedTimeMs} ms`,
  ].filter(Boolean);
  return (
    <Tooltip label={hints.join('; ') || 'nothing to note'} multiline maw={360}>
      <span className={`state-word tone-${state.inError ? 'bad' : 'good'}`}>
        <Shape tone={state.inError ? 'bad' : 'good'} size={13} /> {state.inError ? 'in error' : 'good'}
      </span>
    </Tooltip>
  );
}

/** Adds or changes one monitor item. What it answers is a tree as it stands in the file. */
function MonitorItemDialog({ pair, initial, isNew, onOk, onClose }: { pair: string; initial: Tree; isNew: boolean; onOk: (item: Tree) => void; onClose: () => void }) {
  const { settings } = useScope();
  const da = isDa(settings);
  const defaults = useStore((s) => s.settings?.defaults.monitorItem ?? NOTHING);
  const { was, running } = useStore((s) => ({
    was: s.draft ? (workOf(s.draft, pair)?.was ?? null) : null,
    running: s.status?.pairs.some((each) => each.name === pair) ?? false,
  }));
  const [item, setItem] = useState(String(initial['item'] ?? ''));
  const [accessPath, setAccessPath] = useState(String(initial['accessPath'] ?? ''));
  const [dataType, setDataType] = useState(String(initial['dataType'] ?? 'Default'));
  const [rate, setRate] = useState<number | ''>(millisOf(initial['updateRate']) ?? millisOf(defaults['updateRate']) ?? 1000);
  const [trigger, setTrigger] = useState(String(initial['trigger'] ?? 'badQuality'));
  const [value, setValue] = useState(initial['value'] === undefined ? '' : String(initial['value']));
  const [time, setTime] = useState<number | ''>(millisOf(initial['time']) ?? 5000);
  const [uncertain, setUncertain] = useState(initial['uncertainIsBad'] === true);
  const [member, setMember] = useState('0');
  const [browsing, setBrowsing] = useState(false);

  const problem = item.trim() === '' ? 'Write the id of an item, or browse for one.' : rate === '' || rate < 50 || rate > 3_600_000 ? 'Write an update rate from 50 to 3600000 ms.' : trigger === 'specificValue' && value === '' ? 'Write the value that means an error.' : trigger === 'noChange' && time === '' ? 'Write a time in milliseconds.' : null;

  const ok = async () => {
    if (problem || rate === '') {
      return;
    }
    const built: Tree = { ...initial, item: item.trim() };
    const put = (key: string, given: Json | undefined, preset?: Json) => {
      if (given === undefined || (given === preset && initial[key] === undefined)) {
        delete built[key];
      } else {
        built[key] = given;
      }
    };
    put('accessPath', da && accessPath.trim() ? accessPath.trim() : undefined);
    put('dataType', dataType, 'Default');
    put('updateRate', durationOf(rate), '1000ms');
    put('trigger', trigger);
    put('value', trigger === 'specificValue' ? typedValue(value, dataType) : undefined);
    put('uncertainIsBad', trigger === 'badQuality' && uncertain ? true : undefined);
    if (trigger === 'noChange' && time !== '') {
      const adjusted = adjustedTime(time, rate);
      put('time', durationOf(adjusted));
      if (adjusted !== time) {
        await ask({
          title: 'Trigger data was adjusted',
          body: (
            <p>
              The time without changes must be at least two times the update rate. {time} ms was adjusted to {adjusted} ms.
            </p>
          ),
          yes: 'OK',
          no: 'Close',
          hideId: 'trigger-adjusted',
        });
      }
    } else {
      put('time', undefined);
    }
    onOk(built);
  };

  const members = Array.isArray(settings['members']) ? settings['members'].filter(isTree) : [];
  return (
    <Dialog title={isNew ? 'Add Monitor Item' : 'Modify Monitor Item'} onClose={onClose} size="lg" help="monitor-item">
      <form
        className="dialog"
        onSubmit={(e) => {
          e.preventDefault();
          void ok();
        }}
      >
        <fieldset className="machine">
          <legend>General</legend>
          <div className="dialog">
            {da && 'accessPath' in defaults && <TextInput label="Access Path" description="only for servers that want one" inputWrapperOrder={['label', 'input', 'description']} value={accessPath} onChange={(e) => setAccessPath(e.currentTarget.value)} />}
            <div className="with-button">
              <TextInput label="Item ID" data-autofocus value={item} placeholder={da ? 'Channel1.Device1.Watchdog' : 'nsu=urn:maker:server;s=Line1.Watchdog'} onChange={(e) => setItem(e.currentTarget.value)} />
              <Tooltip label="Browse the server">
                <Button variant="default" h={36} px={10} aria-label="Browse for an item" aria-expanded={browsing} onClick={() => setBrowsing(!browsing)}>
                  <Icon name="browse" />
                </Button>
              </Tooltip>
            </div>
            {browsing && (
              <>
                {members.length > 1 && (
                  <Select label="Server" data={members.map((each, i) => ({ value: String(i), label: `${roleOf(i)}: ${String(each['url'] ?? each['host'] ?? '')}` }))} value={member} allowDeselect={false} onChange={(next) => setMember(next ?? '0')} />
                )}
                <ItemBrowser
                  pair={running ? (was ?? publishedName(settings)) : null}
                  member={Number(member)}
                  memberSettings={running ? undefined : members[Number(member)]}
                  onPick={(found) => {
                    setItem(found.id);
                    setDataType(found.dataType && DATA_TYPES.includes(found.dataType) ? found.dataType : 'Default');
                    setBrowsing(false);
                  }}
                />
              </>
            )}
            <div className="form">
              <div>
                <Select label="Data Type" data={DATA_TYPES} value={dataType} disabled={dataType === 'Default'} allowDeselect={false} onChange={(next) => setDataType(next ?? 'Default')} />
                <Checkbox mt={6} label="Default (as the server has it)" checked={dataType === 'Default'} onChange={(e) => setDataType(e.currentTarget.checked ? 'Default' : 'Int32')} />
              </div>
              <NumberInput label="Update Rate (ms)" value={rate} min={50} max={3_600_000} step={100} clampBehavior="none" allowDecimal={false} onChange={(next) => setRate(typeof next === 'number' ? next : '')} />
            </div>
          </div>
        </fieldset>
        <fieldset className="machine">
          <legend>Error Condition</legend>
          <div className="dialog">
            <Select label="Trigger Condition" data={TRIGGERS} value={trigger} allowDeselect={false} onChange={(next) => setTrigger(next ?? 'badQuality')} />
            {trigger === 'specificValue' && <TextInput label="Trigger Data (value)" value={value} description="arrays are not compared" inputWrapperOrder={['label', 'input', 'description']} onChange={(e) => setValue(e.currentTarget.value)} />}
            {trigger === 'noChange' && (
              <NumberInput label="Trigger Data (ms)" value={time} min={1} max={86_400_000} step={500} clampBehavior="none" allowDecimal={false} description={rate === '' ? undefined : `at least ${rate * 2}, two times the update rate; a smaller one is adjusted`} inputWrapperOrder={['label', 'input', 'description']} onChange={(next) => setTime(typeof next === 'number' ? next : '')} />
            )}
            {trigger === 'badQuality' && <Checkbox label="Uncertain quality counts as bad" checked={uncertain} onChange={(e) => setUncertain(e.currentTarget.checked)} />}
          </div>
        </fieldset>
        {problem && item.trim() !== '' && <Notice tone="warn">{problem}</Notice>}
        <div className="row" data-actions>
          <span className="grow" />
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={problem !== null}>
            OK
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
