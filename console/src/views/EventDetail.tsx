import type { EventRecord, Severity } from '../api/types';
import type { Tone } from '../model/words';
import { dateTimeOf, timeOf } from '../ui/clock';
import { Dialog } from '../ui/dialogs';
import { StateWord } from '../ui/Shape';

export const SEVERITY_TONE: Record<Severity, Tone> = { informational: 'idle', warning: 'warn', error: 'bad' };

/** All that is known of one record. */
export function EventDetail({ record, onClose }: { record: EventRecord; onClose: () => void }) {
  const fields = Object.entries(record.fields ?? {}).filter(([, value]) => value !== '' && value !== null);
  return (
    <Dialog title={`Event ${record.number} of ${record.pair}`} onClose={onClose} size="lg" help="diagnostics">
      <p>{record.text}</p>
      <dl className="facts">
        <dt>When</dt>
        <dd className="num">
          {dateTimeOf(record.at)}
          {timeOf(record.at).slice(8)}
        </dd>
        <dt>Severity</dt>
        <dd>
          <StateWord tone={SEVERITY_TONE[record.severity]}>{record.severity}</StateWord>
        </dd>
        <dt>Process</dt>
        <dd>{record.client}</dd>
        <dt>Kind</dt>
        <dd className="mono">{record.kind}</dd>
        {fields.map(([name, value]) => (
          <Field key={name} name={name} value={value} />
        ))}
      </dl>
    </Dialog>
  );
}

function Field({ name, value }: { name: string; value: unknown }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="mono">{typeof value === 'object' ? JSON.stringify(value) : String(value)}</dd>
    </>
  );
}
