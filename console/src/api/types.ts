/** What the service answers; the names are those of docs/reference/openapi.yaml. */

export type Role = 'viewer' | 'operator' | 'engineer';
export type Mode = 'cold' | 'warm' | 'hot';
export type Phase = 'disabled' | 'starting' | 'serving' | 'switching' | 'stranded';
export type Verdict = 'down' | 'unusable' | 'degraded' | 'healthy';
export type Severity = 'informational' | 'warning' | 'error';

export interface Session {
  user: string;
  role: Role;
  csrf: string;
}

export interface MonitorItemState {
  item: string;
  inError: boolean;
  why?: string;
  rateMs: number | null;
  slowestMs: number | null;
  proposedTimeMs: number | null;
}

export interface MonitorState {
  test: 'untested' | 'passed' | 'failed';
  inError: number;
  failureCount: number;
  items: MonitorItemState[];
}

export interface Member {
  index: number;
  role: string;
  machine: string;
  active: boolean;
  connected: boolean;
  ready: boolean;
  verdict: Verdict;
  evidence: string;
  state: string | null;
  serviceLevel: number | null;
  roundTripMs: number | null;
  clockSkewMs: number | null;
  damped: boolean;
  monitor?: MonitorState;
}

export interface EventRecord {
  number: number;
  at: string;
  pair: string;
  kind: string;
  severity: Severity;
  client: string;
  text: string;
  fields?: Record<string, unknown>;
}

export interface PairStatus {
  name: string;
  mode: Mode;
  enabled: boolean;
  phase: Phase;
  endpoint: string;
  active: number | null;
  since: string | null;
  explained?: 'record' | 'first-ready' | 'under-way' | 'unknown';
  why: EventRecord | null;
  epoch: number;
  pinned: number | null;
  members: Member[];
  sessions: number;
  subscriptions: number;
  items: number;
  valuesDelivered: number;
  valuesBridged: number;
  valuesDropped: number;
  requestsDone: number;
  requestsRepeated: number;
  requestsUnknown: number;
  recordsLost: number;
  recordsFolder: string;
}

export interface Status {
  version: string;
  pid: number;
  startedAt: string;
  uptimeSeconds: number;
  configFile: string | null;
  configVersion: string | null;
  frontDoor: 'open' | 'closed';
  pairs: PairStatus[];
}

export interface ClientSession {
  name: string;
  application: string;
  address: string;
  since: string;
  subscriptions: number;
  items: number;
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Tree = { [key: string]: Json };

export interface Settings {
  version: string;
  editable: boolean;
  /** Why it is not, in a sentence, where the service says so. */
  why?: string;
  pairs: Tree[];
  defaults: { pair: Tree; member: Tree; monitorItem: Tree; notifications: Tree };
  doors: { [door: string]: Tree };
}

export type Change =
  | { change: 'set'; pair: string; path: string; value: Json }
  | { change: 'set-door'; door: string; path: string; value: Json }
  | { change: 'add-pair'; settings: Tree }
  | { change: 'remove-pair'; pair: string }
  | { change: 'set-alias'; pair: string; alias: string | null }
  | { change: 'remove-alias'; pair: string };

export interface PlanProblem {
  severity: 'error' | 'warning';
  path: string;
  pair?: string | null;
  line?: number;
  message: string;
  remedy: string;
}

export interface PlanStep {
  kind: string;
  pair: string;
  what: string;
  dropsClients: boolean;
}

export interface Plan {
  applicable: boolean;
  problems: PlanProblem[];
  steps: PlanStep[];
}

export interface Leg {
  member: number;
  machine: string;
  leg: string;
  passed: boolean;
  detail: string;
  remedy: string;
  tookMs: number;
  isLast: boolean;
}

export interface CertificateEntry {
  side: string;
  state: 'own' | 'trusted' | 'issuer' | 'refused';
  thumbprint: string;
  subject: string;
  applicationUri: string;
  notBefore: string;
  notAfter: string;
}

export interface NotificationEvent {
  kind: string;
  severity: Severity;
  template: string;
}

export interface UaEndpoint {
  url: string;
  security: string;
  mode: string;
  anonymous: boolean;
  user: boolean;
}

export interface UaServer {
  applicationName: string;
  applicationUri: string;
  endpoints: UaEndpoint[];
}

export interface DaServer {
  progId: string;
  clsid: string;
  description: string;
  versions: string[];
}

export interface FoundHost {
  host: string;
  why: string;
}

export interface FoundItem {
  name: string;
  id: string;
  isFolder: boolean;
  isItem: boolean;
  dataType?: string;
}

export interface User {
  name: string;
  role: Role;
  lastSeen: string | null;
}

export interface AuditEntry {
  number: number;
  at: string;
  user: string;
  address: string;
  action: string;
  target: string;
  detail: string;
  outcome: string;
}

export interface About {
  version: string;
  build: string;
  java: string;
  os: string;
  startedAt: string;
  dataFolder: string;
  configFile: string;
}
