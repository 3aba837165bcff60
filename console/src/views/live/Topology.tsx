import type { Member, PairStatus } from '../../api/types';
import { fine, whole } from '../../model/duration';
import { PHASES, memberHealth, roleOf, type Tone } from '../../model/words';
import { ratesOf } from '../../state/trends';
import { Shape } from '../../ui/Shape';
import { useWidth } from '../../ui/useWidth';

/**
 * Clients, Tandem and the servers, with what flows on each leg, how well it is and how long it takes. Drawn to the width
 * that there is, side by side or one below the other; text keeps its size.
 */
export function Topology({ pair }: { pair: PairStatus }) {
  const [box, width] = useWidth<HTMLDivElement>();
  return (
    <div className="topology" ref={box}>
      {width > 0 && (width >= 680 ? <Wide pair={pair} width={width} /> : <Narrow pair={pair} width={width} />)}
      <p className="unseen">{inWords(pair)}</p>
    </div>
  );
}

export function inWords(pair: PairStatus): string {
  const legs = pair.members.map((member) => {
    const health = memberHealth(pair, member);
    const part = member.active ? 'serves the clients' : standbyWord(pair, member);
    return `${roleOf(member.index)} ${member.machine}: ${health.word}, ${part}, round trip ${fine(member.roundTripMs)}.`;
  });
  return `${pair.sessions} client sessions with ${pair.items} items come to Tandem at ${pair.endpoint}. ${legs.join(' ')}`;
}

function standbyWord(pair: PairStatus, member: Member): string {
  if (!pair.enabled) {
    return 'disabled';
  }
  if (!member.connected) {
    return pair.mode === 'cold' ? 'connected when needed' : 'not connected';
  }
  return pair.mode === 'hot' ? 'values wait here' : pair.mode === 'warm' ? 'ready, silent' : 'connected';
}

function edgeClass(pair: PairStatus, member: Member): string {
  if (!pair.enabled) {
    return 'off';
  }
  if (member.active && pair.phase === 'serving') {
    return 'flows';
  }
  if (!member.connected) {
    return pair.mode === 'cold' ? 'off' : 'broken';
  }
  return 'ready';
}

function rateWords(pair: PairStatus): string {
  const { values, requests } = ratesOf(pair.name);
  return `${count(values)} values/s, ${count(requests)} requests/s`;
}

export function count(n: number | null): string {
  return n === null ? '–' : n >= 100 ? whole(n) : n >= 10 ? n.toFixed(0) : n.toFixed(n === 0 ? 0 : 1);
}

function shortened(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, Math.max(1, characters - 1))}…`;
}

const NODE_H = 88;

function ServerNode({ pair, member, x, y, w }: { pair: PairStatus; member: Member; x: number; y: number; w: number }) {
  const health = memberHealth(pair, member);
  const characters = Math.floor((w - 24) / 6.9);
  const lines = [member.machine.replace(/^opc\.tcp:\/\//, ''), [member.state ?? '', member.serviceLevel === null ? '' : `service level ${member.serviceLevel}`].filter(Boolean).join(', ')];
  return (
    <g transform={`translate(${x} ${y})`}>
      <title>{`${member.machine}\n${member.evidence}`}</title>
      <rect className={`node ${member.active ? 'serves' : ''}`} width={w} height={NODE_H} rx={6} />
      <text x={12} y={22} className="t-strong">
        {roleOf(member.index)}
        {member.active ? ' · active' : ''}
        {pair.pinned === member.index ? ' · pinned' : ''}
      </text>
      <text x={12} y={41} className="t-muted">
        {shortened(lines[0]!, characters)}
      </text>
      <StatusIn x={12} y={47} tone={health.tone} word={health.word} />
      <text x={12} y={78} className="t-muted">
        {shortened(lines[1] || member.evidence || '', characters)}
      </text>
    </g>
  );
}

function StatusIn({ x, y, tone, word }: { x: number; y: number; tone: Tone; word: string }) {
  return (
    <>
      <svg x={x} y={y} width={13} height={13} overflow="visible">
        <Shape tone={tone} size={13} />
      </svg>
      <text x={x + 19} y={y + 11}>
        {word}
      </text>
    </>
  );
}

function TandemNode({ pair, x, y, w }: { pair: PairStatus; x: number; y: number; w: number }) {
  const phase = PHASES[pair.phase];
  const characters = Math.floor((w - 24) / 6.9);
  return (
    <g transform={`translate(${x} ${y})`}>
      <title>{pair.endpoint}</title>
      <rect className="node serves" width={w} height={NODE_H} rx={6} />
      <text x={12} y={22} className="t-strong">
        Tandem
      </text>
      <text x={12} y={41} className="t-muted">
        {shortened(pair.endpoint.replace(/^opc\.tcp:\/\//, ''), characters)}
      </text>
      <StatusIn x={12} y={47} tone={phase?.tone ?? 'warn'} word={phase?.word ?? pair.phase} />
      <text x={12} y={78} className="t-muted">
        {`${pair.mode} mode, epoch ${pair.epoch}`}
      </text>
    </g>
  );
}

function ClientsNode({ pair, x, y, w }: { pair: PairStatus; x: number; y: number; w: number }) {
  return (
    <g transform={`translate(${x} ${y})`}>
      <rect className="node" width={w} height={NODE_H} rx={6} />
      <text x={12} y={22} className="t-strong">
        OPC clients
      </text>
      <text x={12} y={46}>
        {pair.sessions} {pair.sessions === 1 ? 'session' : 'sessions'}
      </text>
      <text x={12} y={64} className="t-muted">
        {whole(pair.subscriptions)} subscriptions
      </text>
      <text x={12} y={79} className="t-muted">
        {whole(pair.items)} items
      </text>
    </g>
  );
}

/** Values run towards the clients; the speed says nothing. */
function Packets({ path, backwards }: { path: string; backwards?: boolean }) {
  return (
    <>
      {[0, 0.5].map((begin) => (
        <circle key={begin} className="packet" r={3.2}>
          <animateMotion path={path} dur="1.8s" begin={`${begin * 1.8}s`} repeatCount="indefinite" keyPoints={backwards ? '1;0' : '0;1'} keyTimes="0;1" calcMode="linear" />
        </circle>
      ))}
    </>
  );
}

function Label({ x, y, lines }: { x: number; y: number; lines: string[] }) {
  const w = Math.max(...lines.map((line) => line.length)) * 6.3 + 12;
  return (
    <g transform={`translate(${x - w / 2} ${y - lines.length * 7.5})`}>
      <rect className="label-ground" width={w} height={lines.length * 15} rx={3} />
      {lines.map((line, i) => (
        <text key={i} className="t-muted" x={w / 2} y={i * 15 + 11.5} textAnchor="middle">
          {line}
        </text>
      ))}
    </g>
  );
}

function Wide({ pair, width }: { pair: PairStatus; width: number }) {
  const gap = 18;
  const count = pair.members.length;
  const height = Math.max(count * (NODE_H + gap) + gap, NODE_H + 2 * gap);
  const clientW = Math.min(150, width * 0.17);
  const tandemW = Math.min(210, width * 0.23);
  const serverW = Math.min(270, width * 0.28);
  const room = (width - clientW - tandemW - serverW - 8) * 0.44;
  const tandemX = 4 + clientW + room;
  const serverX = width - serverW - 4;
  const mid = height / 2;
  const yOf = (i: number) => gap + i * (NODE_H + gap) + (height - (count * (NODE_H + gap) + gap)) / 2;
  const clientPath = `M${tandemX} ${mid} L${4 + clientW} ${mid}`;
  const flowing = pair.enabled && pair.sessions > 0 && pair.phase === 'serving';
  return (
    <svg width={width} height={height} role="img" aria-label={`How ${pair.name} is connected`}>
      <path className={`edge ${pair.enabled && pair.sessions > 0 ? 'flows' : 'off'}`} d={clientPath} />
      {flowing && <Packets path={clientPath} />}
      <Label x={4 + clientW + room / 2} y={mid - 14} lines={[rateWords(pair).split(', ')[0]!]} />
      <Label x={4 + clientW + room / 2} y={mid + 14} lines={[rateWords(pair).split(', ')[1]!]} />
      {pair.members.map((member, i) => {
        const y = yOf(i) + NODE_H / 2;
        const x0 = tandemX + tandemW;
        const bend = (serverX - x0) * 0.45;
        const path = `M${x0} ${mid} C${x0 + bend} ${mid} ${serverX - bend} ${y} ${serverX} ${y}`;
        const kind = edgeClass(pair, member);
        return (
          <g key={member.index}>
            <path className={`edge ${kind}`} d={path} />
            {kind === 'flows' && pair.items > 0 && <Packets path={path} backwards />}
            <Label x={(x0 + serverX) / 2} y={(mid + y) / 2} lines={[member.active ? fine(member.roundTripMs) : standbyWord(pair, member), ...(member.active ? [] : member.connected ? [fine(member.roundTripMs)] : [])]} />
            <ServerNode pair={pair} member={member} x={serverX} y={yOf(i)} w={serverW} />
          </g>
        );
      })}
      <ClientsNode pair={pair} x={4} y={mid - NODE_H / 2} w={clientW} />
      <TandemNode pair={pair} x={tandemX} y={mid - NODE_H / 2} w={tandemW} />
    </svg>
  );
}

function Narrow({ pair, width }: { pair: PairStatus; width: number }) {
  const legs = 48;
  const w = width - 8;
  const tandemY = NODE_H + legs;
  const flowing = pair.enabled && pair.sessions > 0 && pair.phase === 'serving';
  const clientPath = `M${width / 2} ${tandemY} L${width / 2} ${NODE_H + 4}`;
  const height = tandemY + NODE_H + pair.members.length * (NODE_H + legs) + 8;
  const spine = 22;
  return (
    <svg width={width} height={height} role="img" aria-label={`How ${pair.name} is connected`}>
      <path className={`edge ${pair.enabled && pair.sessions > 0 ? 'flows' : 'off'}`} d={clientPath} />
      {flowing && <Packets path={clientPath} />}
      <Label x={width / 2} y={NODE_H + 4 + legs / 2} lines={[rateWords(pair)]} />
      <ClientsNode pair={pair} x={4} y={4} w={w} />
      <TandemNode pair={pair} x={4} y={tandemY} w={w} />
      {[...pair.members].reverse().map((member) => {
        const y = tandemY + NODE_H + legs + member.index * (NODE_H + legs);
        const path = `M${spine - 10 + member.index * 3} ${tandemY + NODE_H} L${spine - 10 + member.index * 3} ${y + NODE_H / 2} L${spine + 10} ${y + NODE_H / 2}`;
        const kind = edgeClass(pair, member);
        return (
          <g key={member.index}>
            <path className={`edge ${kind}`} d={path} />
            {kind === 'flows' && pair.items > 0 && <Packets path={path} backwards />}
            <Label x={width / 2} y={y - legs / 2} lines={[`${member.active ? 'serves' : standbyWord(pair, member)}, ${fine(member.roundTripMs)}`]} />
            <ServerNode pair={pair} member={member} x={spine + 10} y={y} w={w - spine - 6} />
          </g>
        );
      })}
    </svg>
  );
}
