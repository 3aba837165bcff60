import type { ReactNode } from 'react';
import type { Tone } from '../model/words';
import { Shape } from './Shape';

/** A statement that stands where it concerns something. Tones warn and bad are told to readers of the screen at once. */
export function Notice({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <div className={`notice tone-${tone}`} role={tone === 'bad' || tone === 'warn' ? 'alert' : 'status'}>
      <Shape tone={tone} />
      <div className="grow">{children}</div>
    </div>
  );
}
