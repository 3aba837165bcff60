import { Button } from '@mantine/core';
import { Refusal, sentence } from '../../api/http';
import { planRollback, rollback } from '../../state/store';
import { dateTimeOf } from '../../ui/clock';
import { ask, say } from '../../ui/dialogs';
import { Notice } from '../../ui/Notice';
import { CardHead } from '../../ui/CardHead';
import { ACTIONS, Table } from '../../ui/Table';
import { useLoaded } from './useLoaded';

interface SavedVersion {
  version: string;
  at: string;
  by: string;
  ran: boolean;
}

/** Earlier configurations, to go back to one of them. */
export function Versions() {
  const { value, problem, again } = useLoaded<{ saved: SavedVersion[] }>('/configuration/saved');
  const back = async (saved: SavedVersion) => {
    try {
      const way = await planRollback(saved.version);
      const { plan } = way;
      const answer = await ask({
        title: `Go back to the configuration of ${dateTimeOf(saved.at)}?`,
        body:
          plan.steps.length === 0 ? (
            <p>Nothing that runs changes.</p>
          ) : (
            <ul>
              {plan.steps.map((step, i) => (
                <li key={i}>
                  {step.pair ? `${step.pair}: ` : ''}
                  {step.what}
                  {step.dropsClients ? ' Its clients have to connect anew.' : ''}
                </li>
              ))}
            </ul>
          ),
        yes: 'Go back',
        tone: 'bad',
      });
      if (answer === 'yes') {
        await rollback(way);
        say('good', 'The earlier configuration is in force.');
        again();
      }
    } catch (e) {
      say('bad', e instanceof Refusal && e.status === 422 ? `That configuration cannot be used here. ${sentence(e)}` : sentence(e));
    }
  };
  return (
    <section className="card">
      <CardHead title="Saved versions">
        <Button variant="default" onClick={again}>
          Refresh
        </Button>
      </CardHead>
      {problem && <Notice tone="bad">{problem}</Notice>}
      {value?.saved.length === 0 && <p className="empty">No earlier configuration is kept.</p>}
      <Table heads={['Saved', 'By', 'Ran', 'Version', ACTIONS]}>
        {(value?.saved ?? []).map((saved) => (
          <tr key={saved.version}>
            <td className="num">{dateTimeOf(saved.at)}</td>
            <td>{saved.by}</td>
            <td>{saved.ran ? 'yes' : 'no'}</td>
            <td className="mono">{saved.version.slice(0, 12)}</td>
            <td>
              <Button variant="default" onClick={() => void back(saved)}>
                Go back to it…
              </Button>
            </td>
          </tr>
        ))}
      </Table>
    </section>
  );
}
