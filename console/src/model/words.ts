import type { EventRecord, Member, Mode, PairStatus, Phase, Verdict } from '../api/types';

/** The manual's own labels. */
export const MODES: { value: Mode; label: string }[] = [
  { value: 'cold', label: 'Cold: Active machine only' },
  { value: 'warm', label: 'Warm: Both machines, subscribe to items on active machine' },
  { value: 'hot', label: 'Hot: Both machines, subscribe to items on both machines' },
];

export const TRIGGERS = [
  { value: 'badQuality', label: 'Item data set to bad quality' },
  { value: 'specificValue', label: 'Item data set to a specific value' },
  { value: 'noChange', label: 'No item data changes for a given time (ms)' },
];

export const DATA_TYPES = [
  'Default', 'Boolean', 'SByte', 'Byte', 'Int16', 'UInt16', 'Int32', 'UInt32', 'Int64', 'UInt64', 'Float', 'Double', 'String', 'Date',
];

export const SECURITY = ['None', 'Basic256Sha256', 'Aes128_Sha256_RsaOaep', 'Aes256_Sha256_RsaPss'];

/** How well something is, for a shape, a colour and a word. */
export type Tone = 'good' | 'warn' | 'bad' | 'idle' | 'busy';

export const PHASES: Record<Phase, { word: string; tone: Tone }> = {
  serving: { word: 'Serving', tone: 'good' },
  starting: { word: 'Starting', tone: 'busy' },
  switching: { word: 'Switching', tone: 'busy' },
  stranded: { word: 'No server can be used', tone: 'bad' },
  disabled: { word: 'Disabled', tone: 'idle' },
};

const VERDICTS: Record<Verdict, { word: string; tone: Tone }> = {
  healthy: { word: 'Healthy', tone: 'good' },
  degraded: { word: 'Degraded', tone: 'warn' },
  unusable: { word: 'Not usable', tone: 'bad' },
  down: { word: 'Down', tone: 'bad' },
};

export function memberHealth(pair: PairStatus, member: Member): { word: string; tone: Tone } {
  if (!pair.enabled) {
    return { word: 'Not used', tone: 'idle' };
  }
  if (pair.mode === 'cold' && !member.active && !member.connected) {
    return { word: 'Not connected (cold)', tone: 'idle' };
  }
  return VERDICTS[member.verdict] ?? { word: member.verdict, tone: 'warn' };
}

export function pairTone(pair: PairStatus): Tone {
  const tone = PHASES[pair.phase]?.tone ?? 'warn';
  if (tone !== 'good' || pair.mode === 'cold') {
    return tone;
  }
  return pair.members.some((member) => memberHealth(pair, member).tone === 'bad') ? 'warn' : 'good';
}

export function roleOf(index: number): string {
  return ['Primary', 'Secondary', 'Third', 'Fourth'][index] ?? `Member ${index + 1}`;
}

/** One line on how a pair is, for the list and for readers that see no picture. */
export function inShort(pair: PairStatus): string {
  if (pair.phase === 'disabled') {
    return 'Disabled';
  }
  const side = pair.active === null ? '' : ` on ${roleOf(pair.active).toLowerCase()}`;
  const spare = pair.members.filter((member) => !member.active && memberHealth(pair, member).tone === 'bad').length;
  const word = PHASES[pair.phase]?.word ?? pair.phase;
  return word + (pair.phase === 'serving' ? side : '') + (pair.phase === 'serving' && spare > 0 ? ', no spare' : '');
}

const CAUSES: Record<string, string> = {
  CONNECTION_CLOSED: 'connection was closed or reset',
  NO_ANSWER: 'status was not answered in time',
  SHUTDOWN_ANNOUNCED: 'server announced its shutdown',
  NOT_RUNNING: 'server is not running',
  SERVICE_LEVEL: 'service level of the server fell',
  NO_FIRST_NOTIFICATION: 'subscription stayed silent',
  REHOME_FAILED: 'clients could not be moved to it',
  WRONG_SERVER: 'not the server that is expected',
  MONITOR_TEST: 'monitor item test failed',
  CONNECT_FAILED: 'connecting failed',
  START: 'start of the pair',
  FAILBACK: 'return to the primary',
  ORDERED: 'ordered by a person',
};

/** The reason of a switch in words. */
export function causeOf(record: EventRecord): string {
  const cause = String(record.fields?.['cause'] ?? '');
  return CAUSES[cause] ?? cause.toLowerCase().replaceAll('_', ' ');
}

/** What a person should know before a button does it; plain and whole. */
export function consequence(action: 'switch' | 'pin' | 'unpin' | 'enable' | 'disable' | 'reset-damping', pair: PairStatus, member?: Member): string[] {
  const clients = pair.sessions === 1 ? '1 client session' : `${pair.sessions} client sessions`;
  const to = member ? `the ${roleOf(member.index).toLowerCase()} (${member.machine})` : '';
  switch (action) {
    case 'switch':
      return [
        `All clients of '${pair.name}' (${clients}) move to ${to}.`,
        switchCost(pair.mode),
        'Requests wait meanwhile. Writes that are under way may end with "outcome unknown"; none is repeated.',
        'Return by itself to the primary is held until the primary has failed and returned, or somebody switches back.',
        ...(member && !member.ready ? ['This server is not ready now; the switch may fail, and clients then stay where they are.'] : []),
      ];
    case 'pin':
      return [
        `'${pair.name}' stays on ${to} until somebody unpins it, also over a restart of Tandem.`,
        'While it is pinned, Tandem does not leave that server even when it fails: clients then get a bad status.',
        ...(member?.active ? [] : [`Its clients (${clients}) move there first.`]),
      ];
    case 'unpin':
      return [`'${pair.name}' may change its server by itself again. Nothing moves at once, unless its server is not well or the primary is due.`];
    case 'enable':
      return [
        `Tandem connects to the servers of '${pair.name}' and lets clients in at ${pair.endpoint}, from now on also after a restart.`,
        'This takes effect at once. It is no change of the configuration, and nothing needs to be saved.',
      ];
    case 'disable':
      return [
        pair.sessions > 0
          ? `${clients.charAt(0).toUpperCase()}${clients.slice(1)} of '${pair.name}' ${pair.sessions === 1 ? 'is' : 'are'} closed, and Tandem leaves both servers.`
          : `Tandem leaves both servers of '${pair.name}'. No client is connected now.`,
        'Clients are refused, or served by the primary without redundancy, as the setting "When disabled" says.',
        'This takes effect at once, and stays over a restart. It is no change of the configuration.',
      ];
    case 'reset-damping':
      return [`Tandem forgets that servers of '${pair.name}' failed often lately, may return to them at once, and asks those that do not answer at once, too.`];
  }
}

function switchCost(mode: Mode): string {
  switch (mode) {
    case 'hot':
      return 'Hot mode: the other server already sends its values, so the stream goes on without a hole.';
    case 'warm':
      return 'Warm mode: the other server is connected and ready; its values begin with one call for each client.';
    case 'cold':
      return 'Cold mode: the other server has to be connected first. Until then clients receive no values.';
  }
}
