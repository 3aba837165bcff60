import logo from '../assets/tandem.svg';
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { sentence } from '../api/http';
import { login, setup, useStore } from '../state/store';
import { Notice } from '../ui/Notice';

/** What stands before the console: logging in, or making the first user of a new service. */
export function Gate() {
  const { session, setupNeeded, lostSince } = useStore((s) => ({ session: s.session, setupNeeded: s.setupNeeded, lostSince: s.lostSince }));
  return (
    <main className="gate">
      <div className="card">
        <div className="card-head">
          <img src={logo} alt="" width={26} height={26} />
          <h1>Tandem</h1>
        </div>
        <div className="card-body">
          {lostSince !== null && (
            <Notice tone="warn">The service does not answer. This page goes on by itself as soon as it does.</Notice>
          )}
          {session === null && (setupNeeded ? <SetupForm /> : <LoginForm />)}
          {session !== null && lostSince === null && <p className="muted">Connecting …</p>}
        </div>
      </div>
    </main>
  );
}

function useSubmit(send: () => Promise<void>) {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    setBusy(true);
    setProblem(null);
    send()
      .catch((failure: unknown) => setProblem(sentence(failure)))
      .finally(() => setBusy(false));
  };
  return { problem, busy, submit };
}

function LoginForm() {
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const { problem, busy, submit } = useSubmit(() => login(user, password));
  return (
    <form className="dialog" onSubmit={submit}>
      <TextInput label="User" name="username" autoComplete="username" autoFocus required value={user} onChange={(e) => setUser(e.currentTarget.value)} />
      <PasswordInput label="Password" name="password" autoComplete="current-password" required value={password} onChange={(e) => setPassword(e.currentTarget.value)} />
      {problem && <Notice tone="bad">{problem}</Notice>}
      <Button type="submit" loading={busy}>
        Log in
      </Button>
    </form>
  );
}

function SetupForm() {
  const [token, setToken] = useState('');
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const { problem, busy, submit } = useSubmit(() => setup(token.trim(), user, password));
  const differs = again !== '' && again !== password;
  return (
    <form className="dialog" onSubmit={submit}>
      <div>
        <h2>First user</h2>
        <p className="muted">
          This service has no users yet. The first one is an engineer, who may do everything. To show that you may, copy
          the token from the file <code>setup.token</code> in the data folder; its path is in the log of the service.
        </p>
      </div>
      <TextInput label="Token from setup.token" autoComplete="off" required autoFocus value={token} onChange={(e) => setToken(e.currentTarget.value)} />
      <TextInput label="User" autoComplete="username" required maxLength={64} value={user} onChange={(e) => setUser(e.currentTarget.value)} />
      <PasswordInput label="Password" autoComplete="new-password" required value={password} onChange={(e) => setPassword(e.currentTarget.value)} />
      <PasswordInput
        label="Password, again"
        autoComplete="new-password"
        required
        value={again}
        error={differs ? 'The two are not the same.' : undefined}
        onChange={(e) => setAgain(e.currentTarget.value)}
      />
      {problem && <Notice tone="bad">{problem}</Notice>}
      <Button type="submit" loading={busy} disabled={differs}>
        Make the first user
      </Button>
    </form>
  );
}
