import type { ReactNode } from 'react';
import type { Tone } from '../model/words';

/** How well something is, as a shape of its own for each tone: nobody has to tell colours apart. */
export function Shape({ tone, size = 15 }: { tone: Tone; size?: number }) {
  return (
    <svg className={`shape tone-${tone}`} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[tone]}
    </svg>
  );
}

const KNOCKED_OUT = { fill: 'none', stroke: 'var(--surface)', strokeWidth: 1.9, strokeLinecap: 'round', strokeLinejoin: 'round' } as const;

const SHAPES: Record<Tone, ReactNode> = {
  good: (
    <>
      <circle cx="8" cy="8" r="7" fill="currentColor" />
      <path d="M4.8 8.3 7 10.5 11.3 5.8" {...KNOCKED_OUT} />
    </>
  ),
  warn: (
    <>
      <path d="M8 1.2 15.4 14.4H.6Z" fill="currentColor" strokeLinejoin="round" />
      <path d="M8 6v4M8 12.2v.1" {...KNOCKED_OUT} />
    </>
  ),
  bad: (
    <>
      <path d="M5 1h6l4 4v6l-4 4H5l-4-4V5Z" fill="currentColor" />
      <path d="M5.5 5.5l5 5M10.5 5.5l-5 5" {...KNOCKED_OUT} />
    </>
  ),
  idle: <circle cx="8" cy="8" r="5.8" fill="none" stroke="currentColor" strokeWidth="2" />,
  busy: (
    <>
      <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="2" />
      <path d="M8 2a6 6 0 0 1 0 12Z" fill="currentColor" />
    </>
  ),
};

export function StateWord({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className="state-word">
      <Shape tone={tone} />
      <span>{children}</span>
    </span>
  );
}

export function Pill({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={`pill tone-${tone}`}>
      <Shape tone={tone} size={13} />
      {children}
    </span>
  );
}

/** Two servers, one behind the other: green when redundancy is enabled here, gray when it is not (SV-2). */
export function PairIcon({ enabled, size = 22 }: { enabled: boolean; size?: number }) {
  const word = enabled ? 'Redundancy is enabled' : 'Redundancy is disabled';
  return (
    <svg className={`pairicon ${enabled ? 'enabled' : 'disabled'}`} width={size} height={size} viewBox="0 0 24 24" role="img" aria-label={word}>
      <title>{word}</title>
      <rect x="8.5" y="2.5" width="12" height="14" rx="2" fill="none" stroke="currentColor" strokeWidth="1.8" opacity="0.75" />
      <rect x="3.5" y="7.5" width="12" height="14" rx="2" fill={enabled ? 'currentColor' : 'var(--surface)'} stroke="currentColor" strokeWidth="1.8" />
      {enabled ? (
        <path d="M6.4 14.6l2.4 2.4 3.9-4.4" fill="none" stroke="var(--surface)" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" />
      ) : (
        <path d="M6.8 14.5h5.4" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
      )}
    </svg>
  );
}

const ICONS = {
  save: 'M3 3h8l2 2v8H3ZM5 3v4h5V3M5.5 13v-3.5h5V13',
  add: 'M8 3v10M3 8h10',
  remove: 'M3.5 4.5h9M6.5 4.5V3h3v1.5M5 4.5l.5 8.5h5l.5-8.5M7 7v4M9 7v4',
  discard: 'M6 3 3 6l3 3M3.5 6H9.5a3.5 3.5 0 0 1 0 7H6',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM10.8 10.8 14 14',
  help: 'M8 14.2A6.2 6.2 0 1 0 8 1.8a6.2 6.2 0 0 0 0 12.4ZM6.2 6.4A1.8 1.8 0 1 1 8.7 8c-.5.3-.7.6-.7 1.2M8 11.4v.1',
  browse: 'M2 4.5V12a1 1 0 0 0 1 1h10a1 1 0 0 0 1-1V6a1 1 0 0 0-1-1H8L6.5 3H3a1 1 0 0 0-1 1Z',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M3.4 12.6l1.1-1.1M11.5 4.5l1.1-1.1',
  moon: 'M13 9.6A5.6 5.6 0 1 1 6.4 3 4.6 4.6 0 0 0 13 9.6Z',
  user: 'M8 7.6a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM2.8 14a5.2 5.2 0 0 1 10.4 0',
  more: 'M3.5 8v.01M8 8v.01M12.5 8v.01',
  swap: 'M3 5.5h9M9.5 3 12 5.5 9.5 8M13 10.5H4M6.5 8 4 10.5 6.5 13',
  pin: 'M6 2h4l-.5 4.5L12 9H4l2.5-2.5ZM8 9v5',
  power: 'M8 2v6M4.6 4.2a5.2 5.2 0 1 0 6.8 0',
  edit: 'M3 13l.6-2.8L10.8 3l2.2 2.2-7.2 7.2Z',
  down: 'M8 2.5v8M4.8 7.5 8 10.7l3.2-3.2M3 13.5h10',
  check: 'M3 8.5 6.3 12 13 4.5',
  close: 'M4 4l8 8M12 4l-8 8',
  refresh: 'M13 8a5 5 0 1 1-1.6-3.7M13 2.5v2.6h-2.6',
  overview: 'M2.5 3h4.5v4.5H2.5ZM9 3h4.5v4.5H9ZM2.5 9.5h4.5V14H2.5ZM9 9.5h4.5V14H9Z',
  gear: 'M8 10.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4ZM8 1.8v2M8 12.2v2M1.8 8h2M12.2 8h2M3.6 3.6 5 5M11 11l1.4 1.4M3.6 12.4 5 11M11 5l1.4-1.4',
  alias: 'M2.5 8.5 8 3h5v5l-5.5 5.5ZM10.5 5.5v.01',
  caret: 'M6 4l4 4-4 4',
  tag: 'M3 8a5 5 0 0 1 10 0 5 5 0 0 1-10 0Z',
} as const;

export type IconName = keyof typeof ICONS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d={ICONS[name]} strokeWidth={name === 'more' ? 2.6 : 1.5} />
    </svg>
  );
}
