/** Figures, tables, and the server's answer, or a placeholder while it loads or if it failed. */
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect } from 'preact/hooks';
import type { Figure } from '../../../core/math/interval.ts';
import { formatFigure } from '../../../core/report/wording.ts';
import type { ServerAnswer } from '../server.ts';

export interface Column<Row> {
  readonly title: string;
  readonly number?: boolean;
  /** On a phone, shown below the name of its row instead of in a column of its own. */
  readonly folds?: boolean;
  readonly cell: (row: Row) => ComponentChildren;
}

/**
 * A table that scrolls sideways on a narrow screen, by keyboard too. The first column names the row; on a phone it unfolds the
 * columns that do not fit.
 */
export function Table<Row>(props: {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
}): JSX.Element {
  const { caption, columns, rows, rowKey } = props;
  const folded = columns.filter(column => column.folds === true);
  const classOf = ({ number, folds }: Column<Row>): string | undefined =>
    [...(number === true ? ['n'] : []), ...(folds === true ? ['wide'] : [])].join(' ') || undefined;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map(column => (
              <th key={column.title} scope="col" class={classOf(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={rowKey(row)}>
              {columns.map((column, i) =>
                i === 0 ? (
                  <th key={column.title} scope="row">
                    {column.cell(row)}
                    {folded.length > 0 && <Folded columns={folded} row={row} />}
                  </th>
                ) : (
                  <td key={column.title} class={classOf(column)}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Folded<Row>({ columns, row }: { readonly columns: readonly Column<Row>[]; readonly row: Row }): JSX.Element {
  return (
    <details class="fold">
      <summary>more</summary>
      <dl>
        {columns.map(column => (
          <div key={column.title}>
            <dt>{column.title}</dt>
            <dd>{column.cell(row)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

export function Estimate(props: { readonly of: Figure; readonly as: (value: number) => string }): JSX.Element {
  const [value = '', interval = ''] = formatFigure(props.of, props.as).split(/ (?=\()/);
  return (
    <span class="figure">
      <span>{value}</span>
      {interval !== '' && ' '}
      {interval !== '' && <span>{interval}</span>}
    </span>
  );
}

/**
 * The content once it has loaded; until then a line of text, and after a failure an alert. Content for an earlier question is
 * pale.
 */
export function Await<Value>(props: {
  readonly answer: ServerAnswer<Value>;
  readonly children: (value: Value) => JSX.Element;
}): JSX.Element {
  const { answer, children } = props;
  useKeptFocus();
  switch (answer.kind) {
    case 'loading':
      return <p class="wait">Loading …</p>;
    case 'failed':
      return (
        <p class="warn" role={answer.isUnreachable === true ? undefined : 'alert'}>
          {answer.message}
        </p>
      );
    case 'loaded':
      return (
        <div class={answer.isOld === true ? 'old' : undefined} aria-busy={answer.isOld === true}>
          {answer.problem !== undefined && (
            <p class="warn" role="alert">
              Not up to date: {answer.problem}
            </p>
          )}
          {children(answer.value)}
        </div>
      );
  }
}

/** A browser removes the focus from an element that is moved, such as a table row in a new order. */
function useKeptFocus(): void {
  const { activeElement: before } = document;
  useLayoutEffect(() => {
    const isLost = document.activeElement === document.body && before !== document.body;
    if (isLost && before instanceof HTMLElement) before.focus({ preventScroll: true });
  });
}
