import type { ReactNode } from 'react';

/** The head of a column of buttons: it is read out and not seen. */
export const ACTIONS = <span className="unseen">Actions</span>;

/** A table that scrolls on its own where it is too wide; bounded: where it is too high as well. The rows are its children. */
export function Table({ heads, bounded = false, children }: { heads: ReactNode[]; bounded?: boolean; children: ReactNode }) {
  return (
    <div className={bounded ? 'table-scroll sessions' : 'table-scroll'} tabIndex={0}>
      <table className="plain">
        <thead>
          <tr>
            {heads.map((head, i) => (
              <th scope="col" key={i}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
