import { Button } from '@mantine/core';
import { post, sentence } from '../../api/http';
import type { CertificateEntry } from '../../api/types';
import type { Tone } from '../../model/words';
import { ask, say } from '../../ui/dialogs';
import { Notice } from '../../ui/Notice';
import { StateWord } from '../../ui/Shape';
import { dateOf } from '../../ui/clock';
import { CardHead } from '../../ui/CardHead';
import { ACTIONS, Table } from '../../ui/Table';
import { may } from '../actions';
import { useLoaded } from './useLoaded';

const STATES: Record<CertificateEntry['state'], { word: string; tone: Tone }> = {
  own: { word: "Tandem's own", tone: 'busy' },
  trusted: { word: 'Trusted', tone: 'good' },
  issuer: { word: 'Issuer', tone: 'good' },
  refused: { word: 'Refused', tone: 'bad' },
};

/** Certificates of clients and of servers: what is trusted, what was refused. */
export function Certificates() {
  const { value, problem, again } = useLoaded<{ certificates: CertificateEntry[] }>('/certificates');
  const change = async (entry: CertificateEntry, what: 'trust' | 'remove') => {
    const answer = await ask({
      title: what === 'trust' ? 'Trust this certificate?' : 'Remove this certificate?',
      body: (
        <>
          <p>
            {entry.subject} <span className="muted">({entry.side})</span>
          </p>
          <p className="mono">{entry.thumbprint}</p>
          <p>{what === 'trust' ? "Compare the thumbprint with the owner's own before you trust it." : 'Whoever shows it is refused from then on.'}</p>
        </>
      ),
      yes: what === 'trust' ? 'Trust' : 'Remove',
      tone: what === 'trust' ? 'busy' : 'bad',
    });
    if (answer !== 'yes') {
      return;
    }
    try {
      await post(`/certificates/${what}`, { side: entry.side, thumbprint: entry.thumbprint });
      again();
    } catch (e) {
      say('bad', sentence(e));
    }
  };
  const engineer = may('engineer');
  return (
    <section className="card">
      <CardHead title="Certificates">
        <Button variant="default" onClick={again}>
          Refresh
        </Button>
      </CardHead>
      {problem && <Notice tone="bad">{problem}</Notice>}
      <Table heads={['State', 'Side', 'Subject', 'Ends', 'Thumbprint', ACTIONS]}>
        {(value?.certificates ?? []).map((entry) => (
          <tr key={entry.side + entry.state + entry.thumbprint}>
            <td>
              <StateWord tone={STATES[entry.state].tone}>{STATES[entry.state].word}</StateWord>
            </td>
            <td>{entry.side}</td>
            <td>
              {entry.subject}
              <div className="muted small mono">{entry.applicationUri}</div>
            </td>
            <td className="num">{dateOf(entry.notAfter)}</td>
            <td className="mono">{entry.thumbprint}</td>
            <td>
              <div className="row">
                {engineer && entry.state === 'refused' && (
                  <Button variant="default" onClick={() => void change(entry, 'trust')}>
                    Trust…
                  </Button>
                )}
                {engineer && (entry.state === 'refused' || entry.state === 'trusted') && (
                  <Button variant="default" onClick={() => void change(entry, 'remove')}>
                    Remove…
                  </Button>
                )}
              </div>
            </td>
          </tr>
        ))}
      </Table>
    </section>
  );
}
