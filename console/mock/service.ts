import type { Change, EventRecord, Json, Member, PairStatus, Plan, PlanProblem, Settings, Severity, Status, Tree } from '../src/api/types';
import { publishedName, replay, type Draft } from '../src/model/draft';
import { millisOf } from '../src/model/duration';
import { at, isTree } from '../src/model/tree';

interface Answer {
  status: number;
  body?: unknown;
  text?: string;
}

type Listener = (event: string, data: unknown) => void;

const started = Date.now();

function pairTree(name: string, i: number): Tree {
  const mode = (['hot', 'warm', 'cold', 'hot', 'warm'] as const)[i % 5]!;
  return {
    name,
    ...(mode === 'warm' ? {} : { mode }),
    members: [
      { url: `opc.tcp://10.0.${i}.1:4840`, user: 'tandem', password: { hidden: true } },
      { url: `opc.tcp://10.0.${i}.2:4840` },
    ],
    ...(i % 2 === 0
      ? {
          monitor: {
            failureCount: 1,
            items: [
              { item: 'nsu=urn:maker:server;s=Line1.Watchdog', trigger: 'noChange', updateRate: '500ms', time: '5s' },
              { item: 'nsu=urn:maker:server;s=Line1.Error', dataType: 'Int32', trigger: 'specificValue', value: 1, updateRate: '2500ms' },
              { item: 'nsu=urn:maker:server;s=Line1.Link', trigger: 'badQuality' },
            ],
          },
          notifications: {
            enabled: true,
            smtp: { primary: { host: 'mail1.plant.example', port: 587, security: 'starttls', user: 'tandem', password: { hidden: true } }, secondary: { host: 'mail2.plant.example' } },
            from: 'tandem@plant.example',
            to: ['shift@plant.example', 'opc@plant.example'],
            subject: `Tandem: ${name}`,
            events: ['PROMOTED', 'STRANDED', 'STATUS_LOST'],
          },
        }
      : {}),
  };
}

function statusOf(tree: Tree, i: number, enabled: boolean): PairStatus {
  const name = publishedName(tree);
  const members = (tree['members'] as Tree[]).map((member, index): Member => ({
    index,
    role: index === 0 ? 'primary' : 'secondary',
    machine: String(member['url'] ?? member['host']),
    active: enabled && index === (i === 1 ? 1 : 0),
    connected: enabled && !(i === 1 && index === 0) && !(tree['mode'] === 'cold' && index === 1),
    ready: enabled && !(i === 1 && index === 0),
    verdict: i === 1 && index === 0 ? 'down' : 'healthy',
    evidence: i === 1 && index === 0 ? 'no answer within 1000 ms' : 'answers, Running, service level 255',
    state: i === 1 && index === 0 ? null : 'RUNNING',
    serviceLevel: i === 1 && index === 0 ? null : 255,
    roundTripMs: 1.5 + index * 0.8,
    clockSkewMs: index * 3 - 2,
    damped: false,
    monitor: {
      test: i === 1 && index === 0 ? 'untested' : 'passed',
      inError: 0,
      failureCount: isTree(tree['monitor']) ? 1 : 0,
      items: ((at(tree, 'monitor.items') as Tree[] | undefined) ?? []).map((item) => ({ item: String(item['item']), inError: false, rateMs: 500, slowestMs: 700, proposedTimeMs: 1400 })),
    },
  }));
  return {
    name,
    mode: (tree['mode'] ?? 'warm') as PairStatus['mode'],
    enabled,
    phase: enabled ? 'serving' : 'disabled',
    endpoint: `opc.tcp://tandem.plant.example:4840/${name}`,
    active: enabled ? (i === 1 ? 1 : 0) : null,
    since: new Date(started - 4_000_000 - i * 777_000).toISOString(),
    explained: 'record',
    why: null,
    epoch: 3 + i,
    pinned: null,
    members,
    sessions: enabled ? (i * 3) % 7 : 0,
    subscriptions: enabled ? i * 4 : 0,
    items: enabled ? i * 220 + 80 : 0,
    valuesDelivered: 100_000 * i,
    valuesBridged: 12,
    valuesDropped: 0,
    requestsDone: 4_000,
    requestsRepeated: 2,
    requestsUnknown: 0,
    recordsLost: 0,
    recordsFolder: `/var/lib/tandem/log/${name}`,
  };
}

const EVENTS: { kind: string; severity: Severity; template: string }[] = [
  { kind: 'CONNECTED', severity: 'informational', template: "Connected to '%s' on primary machine '%s'." },
  { kind: 'CONNECTED_SECONDARY', severity: 'informational', template: "Connected to '%s' on secondary machine '%s'." },
  { kind: 'CONNECT_FAILED', severity: 'error', template: "Failed to connect to '%s' on primary machine '%s' (Error = 0x%08X)." },
  { kind: 'STATUS_LOST', severity: 'error', template: "Unable to retrieve status for server '%s' on primary machine '%s'. Server communications has been lost." },
  { kind: 'PROMOTED', severity: 'informational', template: "Promoted active connection for server '%s' to primary machine '%s'." },
  { kind: 'STRANDED', severity: 'error', template: "No machine of server '%s' can be used. Clients get a bad status until one returns." },
];

export class MockService {
  private loggedIn = false;
  private version = 1;
  private pairs: Tree[];
  private doors: Settings['doors'] = { opcua: { listen: '0.0.0.0:4840', security: ['Basic256Sha256'], modes: ['SignAndEncrypt'] }, rest: {} };
  private status: PairStatus[];
  private records = new Map<string, EventRecord[]>();
  private listeners = new Set<Listener>();
  private users = [{ name: 'demo', role: 'engineer', lastSeen: new Date().toISOString() }];

  constructor(count: number, records: number) {
    const names = ['boiler-house', 'line1', 'line2', 'tank-farm', 'utilities'];
    this.pairs = Array.from({ length: count }, (_, i) => pairTree(names[i] ?? `cell-${String(i).padStart(2, '0')}`, i));
    this.status = this.pairs.map((tree, i) => statusOf(tree, i, i !== 3));
    for (const pair of this.status) {
      this.records.set(pair.name, past(pair, records));
      pair.why = this.records.get(pair.name)!.findLast((record) => record.kind === 'PROMOTED') ?? null;
    }
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    listener('status', this.statusNow());
    return () => this.listeners.delete(listener);
  }

  tick(): void {
    for (const pair of this.status.filter((each) => each.enabled && each.phase === 'serving')) {
      pair.valuesDelivered += Math.round(pair.items * (0.4 + 0.2 * Math.random()));
      pair.requestsDone += Math.round(pair.sessions * 2 * Math.random());
      for (const member of pair.members) {
        member.roundTripMs = member.connected ? 1.2 + member.index * 0.9 + Math.random() : null;
      }
    }
    this.tell('status', this.statusNow());
  }

  private tell(event: string, data: unknown): void {
    this.listeners.forEach((listener) => listener(event, data));
  }

  private statusNow(): Status {
    return {
      version: '0.1.0',
      pid: 1,
      startedAt: new Date(started - 86_400_000 * 3).toISOString(),
      uptimeSeconds: 259_200,
      configFile: '/etc/tandem/tandem.yaml',
      configVersion: String(this.version),
      frontDoor: 'open',
      pairs: this.status,
    };
  }

  private settings(): Settings {
    return {
      version: String(this.version),
      editable: true,
      pairs: this.pairs,
      defaults: {
        pair: { mode: 'warm', failback: true, failbackDwell: '0s', statusInterval: '2500ms', statusTimeout: '1000ms', holdTimeout: '5s', maximumEvents: 5000, whenDisabled: 'closed' },
        member: { security: 'Basic256Sha256', mode: 'SignAndEncrypt', trust: 'listed' },
        monitorItem: { dataType: 'Default', updateRate: '1000ms', trigger: 'badQuality' },
        notifications: { enabled: false, events: 'all' },
      },
      doors: this.doors,
    };
  }

  answer(method: string, path: string, query: URLSearchParams, body: Record<string, unknown>): Answer {
    if (path === '/session') {
      return this.session(method, body);
    }
    if (!this.loggedIn) {
      return refuse(401, 'unauthorized', 'Nobody is logged in.', 'Log in.');
    }
    const pair = /^\/pairs\/([^/]+)\/(.*)$/.exec(path);
    if (pair) {
      return this.ofPair(method, decodeURIComponent(pair[1]!), pair[2]!, query, body);
    }
    switch (path) {
      case '/status':
        return ok(this.statusNow());
      case '/records':
        return ok({ records: this.find([...this.records.values()].flat().sort((a, b) => a.at.localeCompare(b.at)), query) });
      case '/configuration/settings':
        return ok(this.settings());
      case '/configuration/changes':
        return this.change(body);
      case '/configuration/saved':
        return ok({ saved: [{ version: '0abc', at: new Date(started - 9e6).toISOString(), by: 'demo', ran: true }] });
      case '/notifications/events':
        return ok({ events: EVENTS });
      case '/users':
        return ok({ users: this.users });
      case '/audit':
        return ok({ entries: [{ number: 1, at: new Date().toISOString(), user: 'demo', address: '127.0.0.1', action: 'login', target: '', detail: '', outcome: 'done' }] });
      case '/certificates':
        return ok({ certificates: [{ side: 'members', state: 'refused', thumbprint: '3f5a77c0de3f5a77c0de3f5a77c0de3f5a77c0de', subject: 'CN=Server B', applicationUri: 'urn:maker:b', notBefore: '2026-01-01T00:00:00Z', notAfter: '2031-01-01T00:00:00Z' }] });
      case '/about':
        return ok({ version: '0.1.0', build: 'mock', java: '25', os: 'Linux', startedAt: new Date(started).toISOString(), dataFolder: '/var/lib/tandem', configFile: '/etc/tandem/tandem.yaml' });
      case '/discovery/hosts':
        return ok({
          hosts: [
            { host: 'localhost', why: 'this machine' },
            { host: '10.0.0.1', why: 'a configured server' },
            ...(body['server'] ? [{ host: '10.0.0.7', why: `known to the discovery server of ${String(body['server'])}` }] : []),
          ],
        });
      case '/discovery/servers':
        return this.servers(body);
      case '/discovery/items':
        return this.items(body);
      default:
        return refuse(404, 'not-found', 'There is nothing here.', '');
    }
  }

  private session(method: string, body: Record<string, unknown>): Answer {
    const session = { user: 'demo', role: 'engineer', csrf: 'mock' };
    if (method === 'POST') {
      this.loggedIn = body['user'] === 'demo' && body['password'] === 'demo';
      return this.loggedIn ? ok(session) : refuse(401, 'unauthorized', 'User or password is wrong.', 'Try again.');
    }
    if (method === 'DELETE') {
      this.loggedIn = false;
      return ok({});
    }
    return this.loggedIn ? ok(session) : refuse(401, 'unauthorized', 'Nobody is logged in.', 'Log in.', { setupNeeded: false });
  }

  private ofPair(_method: string, name: string, rest: string, query: URLSearchParams, body: Record<string, unknown>): Answer {
    const pair = this.status.find((each) => each.name === name);
    if (!pair) {
      return refuse(404, 'no-such-pair', `There is no pair '${name}'.`, '');
    }
    const all = this.records.get(name) ?? [];
    switch (rest) {
      case 'records':
        return ok({ records: this.find(all, query) });
      case 'records/export':
        return { status: 200, text: all.map((record) => `${record.at} ${record.text}`).join('\n') };
      case 'records/reset':
        this.records.set(name, []);
        return ok({});
      case 'sessions':
        return ok({ sessions: Array.from({ length: pair.sessions }, (_, i) => ({ name: `HMI ${i + 1}`, application: 'urn:plant:hmi', address: `10.0.7.${i + 1}`, since: new Date(started - i * 600_000).toISOString(), subscriptions: 2, items: 40 })) });
      case 'notifications/test':
        return ok({ sent: true, through: 'primary' });
      case 'switch':
      case 'pin':
        this.move(pair, Number(body['member']));
        pair.pinned = rest === 'pin' ? Number(body['member']) : pair.pinned;
        return { status: 202, body: { accepted: true, pair: name } };
      case 'unpin':
        pair.pinned = null;
        return { status: 202, body: { accepted: true, pair: name } };
      case 'enable':
      case 'disable': {
        const i = this.status.indexOf(pair);
        this.status[i] = statusOf(this.pairs[i]!, i === 1 ? 0 : i, rest === 'enable');
        this.tick();
        return { status: 202, body: { accepted: true, pair: name } };
      }
      case 'check':
        return { status: 200, text: pair.members.flatMap((member) => ['name', 'port', 'protocol', 'endpoint', 'certificate', 'channel', 'login', 'namespaces', 'read', 'subscription'].map((leg, i) => JSON.stringify({ member: member.index, machine: member.machine, leg, passed: true, detail: 'ok', remedy: '', tookMs: i + 0.4, isLast: i === 9 }))).join('\n') };
      default:
        return refuse(404, 'not-found', 'There is nothing here.', '');
    }
  }

  private move(pair: PairStatus, to: number): void {
    const from = pair.active;
    pair.active = to;
    pair.epoch++;
    pair.since = new Date().toISOString();
    pair.members.forEach((member) => (member.active = member.index === to));
    const record = recordOf(pair, (this.records.get(pair.name)!.at(-1)?.number ?? 0) + 1, Date.now(), 'PROMOTED', 'informational', `Promoted active connection for server '${pair.name}' to ${pair.members[to]!.role} machine '${pair.members[to]!.machine}'.`, { cause: 'ORDERED', evidence: '', from: from === null ? 'none' : pair.members[from]!.machine, to: pair.members[to]!.machine, durationMs: 9, by: 'demo' });
    this.records.get(pair.name)!.push(record);
    pair.why = record;
    this.tell('record', record);
    this.tick();
  }

  private find(all: EventRecord[], query: URLSearchParams): EventRecord[] {
    const rank = { informational: 0, warning: 1, error: 2 };
    const severity = query.get('severity') as Severity | null;
    const text = (query.get('text') ?? '').toLowerCase();
    const kinds = query.get('kind')?.split(',');
    const before = Number(query.get('before') ?? Number.MAX_SAFE_INTEGER);
    const found = all.filter((record) => record.number < before && (!severity || rank[record.severity] >= rank[severity]) && (!kinds || kinds.includes(record.kind)) && (text === '' || `${record.text} ${record.client}`.toLowerCase().includes(text)));
    return found.slice(-Number(query.get('limit') ?? 200));
  }

  private change(body: Record<string, unknown>): Answer {
    if (body['expectedVersion'] !== String(this.version)) {
      return refuse(409, 'conflict', 'The configuration was changed meanwhile.', 'Look at it again.', { currentVersion: String(this.version) });
    }
    const { draft } = replay(this.settings(), body['changes'] as Change[]);
    const plan = planOf(draft, body['changes'] as Change[]);
    if (!plan.applicable) {
      return refuse(422, 'invalid-configuration', 'The configuration has errors.', 'Mend them.', { plan });
    }
    if (body['dryRun'] !== true) {
      this.version++;
      const left = draft.pairs.filter((work) => !work.removed).map((work) => hide(work.settings) as Tree);
      const enabled = new Map(this.status.map((pair) => [pair.name, pair.enabled]));
      this.status = left.map((tree, i) => this.status.find((each) => each.name === publishedName(tree)) ?? statusOf(tree, i + 2, enabled.get(publishedName(tree)) ?? true));
      this.pairs = left;
      this.doors = draft.doors;
      left.forEach((tree) => this.records.set(publishedName(tree), this.records.get(publishedName(tree)) ?? []));
      this.tell('configuration', { version: String(this.version) });
      this.tick();
    }
    return ok({ version: String(this.version), plan });
  }

  private servers(body: Record<string, unknown>): Answer {
    const host = String(body['host']);
    if (body['protocol'] === 'opcda') {
      return ok({ servers: [{ progId: 'Vendor.OPCServer.1', clsid: '{F8582CF2-88FB-11D0-B850-00C0F0104305}', description: 'Vendor OPC server', versions: ['1.0', '2.05a', '3.0'] }] });
    }
    return ok({ servers: [{ applicationName: 'Line server', applicationUri: `urn:${host}:line`, endpoints: ['None', 'Basic256Sha256'].map((security) => ({ url: `opc.tcp://${host}:4840/line`, security, mode: security === 'None' ? 'None' : 'SignAndEncrypt', anonymous: true, user: security !== 'None' })) }] });
  }

  private items(body: Record<string, unknown>): Answer {
    const path = body['path'] as string[];
    const prefix = path.length === 0 ? '' : `${path[path.length - 1]}.`;
    return ok({
      items: [
        ...(path.length < 3 ? ['Channel1', 'Channel2'].map((name) => ({ name, id: `${prefix}${name}`, isFolder: true, isItem: false })) : []),
        ...['Watchdog', 'Error', 'Level'].map((name) => ({ name, id: `nsu=urn:maker:server;s=${prefix}${name}`, isFolder: false, isItem: true, dataType: name === 'Level' ? 'Double' : 'Int32' })),
      ],
    });
  }
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function refuse(status: number, code: string, detail: string, remedy: string, more: Record<string, unknown> = {}): Answer {
  return { status, body: { status, code, detail, remedy, ...more } };
}

function hide(value: Json): Json {
  if (Array.isArray(value)) {
    return value.map(hide);
  }
  return isTree(value) ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, key === 'password' || key === 'secret' ? { hidden: true } : hide(inner)])) : value;
}

function planOf(draft: Draft, changes: Change[]): Plan {
  const problems: PlanProblem[] = [];
  for (const work of draft.pairs.filter((each) => !each.removed)) {
    const name = publishedName(work.settings);
    const interval = millisOf(work.settings['statusInterval']);
    const timeout = millisOf(work.settings['statusTimeout']) ?? 1000;
    if (interval !== undefined && (interval < 50 || interval > 3_600_000)) {
      problems.push({ severity: 'error', pair: name, path: 'statusInterval', message: `${interval} ms is out of range.`, remedy: 'Write 50ms to 1h.' });
    }
    if (timeout > (interval ?? 2500)) {
      problems.push({ severity: 'warning', pair: name, path: 'statusTimeout', message: 'It is longer than the interval.', remedy: 'Questions never overlap, so a slow answer delays the next one.' });
    }
    (work.settings['members'] as Tree[]).forEach((member, i) => {
      if ('url' in member && !String(member['url']).startsWith('opc.tcp://')) {
        problems.push({ severity: 'error', pair: name, path: `members[${i}].url`, message: `'${String(member['url'])}' is no address of OPC UA.`, remedy: 'Write opc.tcp://host:port/path.' });
      }
    });
  }
  const touched = [...new Set(changes.map((change) => ('pair' in change ? change.pair : change.change === 'add-pair' ? publishedName(change.settings) : '')))];
  return {
    applicable: !problems.some((problem) => problem.severity === 'error'),
    problems,
    steps: touched.map((pair) => ({ kind: 'change-settings', pair, what: `Settings of '${pair}' change while it runs.`, dropsClients: changes.some((change) => change.change === 'remove-pair' && change.pair === pair) })),
  };
}

function recordOf(pair: PairStatus, number: number, at: number, kind: string, severity: Severity, text: string, fields: Record<string, unknown>): EventRecord {
  return { number, at: new Date(at).toISOString(), pair: pair.name, kind, severity, client: 'tandem', text, fields };
}

function past(pair: PairStatus, count: number): EventRecord[] {
  const records: EventRecord[] = [];
  const [a, b] = [pair.members[0]!.machine, pair.members[1]!.machine];
  const step = 80_000_000 / count;
  let active = pair.active === 1 ? 0 : 1;
  for (let i = 0; i < count; i++) {
    const when = started - 80_000_000 + i * step;
    const machine = i % 2 === 0 ? a : b;
    const number = i + 1;
    if (i % Math.max(20, Math.floor(count / 7)) === 10) {
      active = 1 - active;
      const [from, to] = active === 1 ? [a, b] : [b, a];
      records.push(recordOf(pair, number, when, 'PROMOTED', 'informational', `Promoted active connection for server '${pair.name}' to ${active === 0 ? 'primary' : 'secondary'} machine '${to}'.`, { cause: active === 0 ? 'FAILBACK' : 'NO_ANSWER', evidence: active === 0 ? '' : 'no answer within 1000 ms', from, to, epoch: i, durationMs: 12, sessions: 3, by: '' }));
    } else if (i % 11 === 9) {
      records.push(recordOf(pair, number, when, 'STATUS_LOST', 'error', `Unable to retrieve status for server '${pair.name}' on primary machine '${machine}'. Server communications has been lost.`, { member: 0, cause: 'NO_ANSWER', detail: 'no answer within 1000 ms' }));
    } else if (i % 7 === 5) {
      records.push(recordOf(pair, number, when, 'CLOCK_SKEW', 'warning', `The clock of server '${pair.name}' on primary machine '${machine}' differs from Tandem's by 1204 ms.`, { member: 0, skewMs: 1204 }));
    } else {
      records.push(recordOf(pair, number, when, 'CONNECTED', 'informational', `Connected to '${pair.name}' on ${i % 2 === 0 ? 'primary' : 'secondary'} machine '${machine}'.`, { member: i % 2 }));
    }
  }
  // The last promotion leads to where the pair is now.
  const last = records.findLast((record) => record.kind === 'PROMOTED');
  if (last?.fields && pair.active !== null) {
    last.fields['to'] = pair.members[pair.active]!.machine;
    last.fields['from'] = pair.members[1 - pair.active]!.machine;
  }
  return records;
}
