import { Button, PasswordInput, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { del, post, sentence } from '../../api/http';
import type { Role, User } from '../../api/types';
import { dateTimeOf } from '../../ui/clock';
import { Dialog, ask, say } from '../../ui/dialogs';
import { Notice } from '../../ui/Notice';
import { Icon } from '../../ui/Shape';
import { CardHead } from '../../ui/CardHead';
import { ACTIONS, Table } from '../../ui/Table';
import { useLoaded } from './useLoaded';

const ROLES: { value: Role; label: string }[] = [
  { value: 'viewer', label: 'Viewer: sees everything but secrets' },
  { value: 'operator', label: 'Operator: switches, pins, enables, disables, too' },
  { value: 'engineer', label: 'Engineer: may do everything' },
];

/** Who may log in here, and what each may do. */
export function Users() {
  const { value, problem, again } = useLoaded<{ users: User[] }>('/users');
  const [editing, setEditing] = useState<User | 'new' | null>(null);
  const remove = async (user: User) => {
    const answer = await ask({ title: `Remove user '${user.name}'?`, body: <p>Where {user.name} is logged in, that ends at once.</p>, yes: 'Remove', tone: 'bad' });
    if (answer === 'yes') {
      try {
        await del(`/users/${encodeURIComponent(user.name)}`);
        again();
      } catch (e) {
        say('bad', sentence(e));
      }
    }
  };
  return (
    <section className="card">
      <CardHead title="Users">
        <Button leftSection={<Icon name="add" />} onClick={() => setEditing('new')}>
          Add…
        </Button>
      </CardHead>
      {problem && <Notice tone="bad">{problem}</Notice>}
      <Table heads={['User', 'Role', 'Last seen', ACTIONS]}>
        {(value?.users ?? []).map((user) => (
          <tr key={user.name}>
            <td>{user.name}</td>
            <td>{user.role}</td>
            <td className="num">{user.lastSeen ? dateTimeOf(user.lastSeen) : 'never'}</td>
            <td>
              <div className="row">
                <Button variant="default" onClick={() => setEditing(user)}>
                  Modify…
                </Button>
                <Button variant="default" onClick={() => void remove(user)}>
                  Remove…
                </Button>
              </div>
            </td>
          </tr>
        ))}
      </Table>
      {editing && (
        <UserDialog
          user={editing === 'new' ? null : editing}
          onClose={() => setEditing(null)}
          onDone={() => {
            setEditing(null);
            again();
          }}
        />
      )}
    </section>
  );
}

function UserDialog({ user, onDone, onClose }: { user: User | null; onDone: () => void; onClose: () => void }) {
  const [name, setName] = useState(user?.name ?? '');
  const [role, setRole] = useState<Role>(user?.role ?? 'viewer');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async () => {
    try {
      if (user === null) {
        await post('/users', { name, role, password });
      } else {
        await post(`/users/${encodeURIComponent(user.name)}`, { role, ...(password ? { password } : {}) });
      }
      onDone();
    } catch (e) {
      setProblem(sentence(e));
    }
  };
  return (
    <Dialog title={user ? `Modify user '${user.name}'` : 'Add user'} onClose={onClose} help="users">
      <form
        className="dialog"
        onSubmit={(e) => {
          e.preventDefault();
          void submit();
        }}
      >
        <TextInput label="User" value={name} readOnly={user !== null} required maxLength={64} autoComplete="off" onChange={(e) => setName(e.currentTarget.value)} />
        <Select label="Role" data={ROLES} value={role} allowDeselect={false} onChange={(next) => setRole((next ?? 'viewer') as Role)} />
        <PasswordInput label={user ? 'New password (empty: as it is)' : 'Password'} required={user === null} autoComplete="new-password" value={password} onChange={(e) => setPassword(e.currentTarget.value)} />
        {problem && <Notice tone="bad">{problem}</Notice>}
        <div className="row" data-actions>
          <span className="grow" />
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit">OK</Button>
        </div>
      </form>
    </Dialog>
  );
}
