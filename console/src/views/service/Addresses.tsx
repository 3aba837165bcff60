import { AreaField, CheckField, ChoiceField, DoorScope, OtherProblems, TextField } from '../fields';
import { useStore } from '../../state/store';
import { CardHead } from '../../ui/CardHead';

/** Where clients and people find Tandem. Part of the configuration: saved and discarded like the rest. */
export function Addresses() {
  const doors = useStore((s) => s.draft?.doors);
  return (
    <>
      <DoorScope door="opcua">
        <section className="card">
          <CardHead title="OPC UA front door" />
          <div className="card-body form">
            <TextField path="listen" label="Address and port" placeholder="127.0.0.1:4840" hint="0.0.0.0:4840 for every address" />
            <AreaField path="security" label="Security policies" lines hint="one a line: Basic256Sha256, Aes128_Sha256_RsaOaep, Aes256_Sha256_RsaPss, None; the first three if empty" />
            <AreaField path="modes" label="Message security" lines hint="one a line: Sign, SignAndEncrypt" />
            <ChoiceField
              path="trust"
              label="Trust clients' certificates"
              fallback="listed"
              options={[
                { value: 'listed', label: 'if they are listed' },
                { value: 'all', label: 'always (any certificate)' },
              ]}
            />
            <CheckField path="anonymous" label="Clients may come without a user" fallback={true} hint="the active server decides in any case" />
            <div className="wide">
              <OtherProblems shown={(path) => /^(listen|security|modes|trust|anonymous)/.test(path)} />
            </div>
          </div>
        </section>
      </DoorScope>
      {doors?.['opcda'] && (
        <DoorScope door="opcda">
          <section className="card">
            <CardHead title="OPC DA front door" />
            <div className="card-body form">
              <TextField path="listen" label="Address and port" placeholder="127.0.0.1:135" hint="clients know no other port than 135" />
              <TextField path="objectPorts" label="Ports of objects" hint="a port or a range, as 49200-49299" />
              <TextField path="callbackPorts" label="Ports of callbacks" hint="a port or a range; counts from the next start on" />
              <ChoiceField path="level" label="Clients' calls are protected at least by" fallback="integrity" options={['none', 'connect', 'integrity', 'privacy']} />
              <ChoiceField path="callbackLevel" label="Callbacks of servers at least by" fallback="integrity" options={['none', 'connect', 'integrity', 'privacy']} />
              <CheckField path="oldClients" label="Let in clients that only know NTLM of old" />
              <div className="wide">
                <OtherProblems shown={(path) => /^(listen|objectPorts|callbackPorts|level|callbackLevel|oldClients)/.test(path)} />
              </div>
            </div>
          </section>
        </DoorScope>
      )}
      <DoorScope door="rest">
        <section className="card">
          <CardHead title="This console, and commands" />
          <div className="card-body form">
            <TextField path="listen" label="Address and port" placeholder="127.0.0.1:0" hint="an address other than loopback needs TLS and users; counts from the next start on" />
            <div className="wide">
              <OtherProblems shown={(path) => path === 'listen'} />
            </div>
          </div>
        </section>
      </DoorScope>
    </>
  );
}
