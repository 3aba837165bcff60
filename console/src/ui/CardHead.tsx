import type { ReactNode } from 'react';

/** The head of a card: its title, what stands beside that, and at the other end what can be done, the children. */
export function CardHead({ title, beside, children }: { title: string; beside?: ReactNode; children?: ReactNode }) {
  return (
    <div className="card-head">
      <h2>{title}</h2>
      {beside}
      {children && <span className="grow" />}
      {children}
    </div>
  );
}
