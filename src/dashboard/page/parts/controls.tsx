/** The controls that operators have set: who, when and why. Empty if no control is set. */
import type { JSX } from 'preact';
import { describeControl } from '../../../core/report/control-words.ts';
import { formatMoment } from '../../../core/report/wording.ts';
import type { ControlsMessage } from '../../messages.ts';
import { Table } from './figures.tsx';

export function Controls({ controls }: { readonly controls: ControlsMessage }): JSX.Element {
  const { set, damaged } = controls;
  return (
    <>
      {damaged.map(error => (
        <p key={error} class="warn">
          A switch, a pin or a holdout cannot be read: {error}
        </p>
      ))}
      {set.length > 0 && (
        <Table
          caption="Set by an operator, for every process on the ledger. The command outcome-router controls lists the same."
          rows={set}
          rowKey={({ kind, subject }) => `${kind} ${subject}`}
          columns={[
            { title: 'Set', cell: describeControl },
            { title: 'Since', folds: true, cell: ({ atMs }) => `${formatMoment(atMs)} UTC` },
            { title: 'By', folds: true, cell: ({ by }) => by ?? '' },
            { title: 'Why', cell: ({ why }) => <span class="why">{why ?? ''}</span> },
          ]}
        />
      )}
    </>
  );
}
