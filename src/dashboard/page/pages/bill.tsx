/** The provider's bill against the ledger: the result of the last comparison, and how to run one. */
import type { JSX } from 'preact';
import { formatCount, formatMoment } from '../../../core/report/wording.ts';
import type { ReconciliationMessage } from '../../messages.ts';
import { ExactAmount } from '../parts/exact-amount.tsx';
import { Await, Table } from '../parts/figures.tsx';
import { useAnswer } from '../server.ts';

export function Bill({ version }: { readonly version: number }): JSX.Element {
  const answer = useAnswer<{ readonly last?: ReconciliationMessage }>('api/reconciliation', version);
  return (
    <>
      <h1>Bill</h1>
      <Await answer={answer}>
        {({ last }) => (
          <>
            {last === undefined ? (
              <p>The provider’s bill has not been compared with this ledger yet, or not shown here.</p>
            ) : (
              <Compared last={last} />
            )}
            <HowTo />
          </>
        )}
      </Await>
    </>
  );
}

function Compared({ last }: { readonly last: ReconciliationMessage }): JSX.Element {
  const open = last.parts.filter(({ isExpected }) => !isExpected);
  return (
    <>
      <p class={open.length === 0 ? 'summary' : 'warn'}>
        {open.length === 0
          ? 'Bill and ledger agree: nothing in their difference needs an answer.'
          : `${open.length === 1 ? 'One part of the difference needs' : `${open.length} parts of the difference need`} an answer.`}{' '}
        Compared {formatMoment(last.atMs)} UTC.
      </p>
      <dl class="bill">
        <ExactAmount name="Bill" usd={last.billedUsd} />
        <ExactAmount name="Ledger" usd={last.ledgerUsd} />
        <ExactAmount name="Bill − ledger" usd={last.differenceUsd} isTotal />
      </dl>
      {last.parts.length > 0 && (
        <Table
          caption="What the difference consists of, USD"
          rows={last.parts}
          rowKey={({ title }) => title}
          columns={[
            { title: 'Part', cell: ({ title }) => <span class="why">{title}</span> },
            { title: 'USD', number: true, cell: ({ usd }) => usd.replace('-', '−') },
            { title: 'Items', number: true, folds: true, cell: ({ items }) => formatCount(items) },
            { title: 'Status', cell: ({ isExpected }) => (isExpected ? 'expected' : <strong>needs an answer</strong>) },
          ]}
        />
      )}
      <Table
        caption="How items were matched, USD"
        rows={last.groups}
        rowKey={({ title }) => title}
        columns={[
          { title: 'Items', cell: ({ title }) => title },
          { title: 'Number', number: true, cell: ({ items }) => formatCount(items) },
          { title: 'Bill', number: true, cell: ({ billedUsd }) => billedUsd },
          { title: 'Ledger', number: true, cell: ({ ledgerUsd }) => ledgerUsd },
        ]}
      />
    </>
  );
}

const HOW = `# Compare the provider's own export with the ledger (outcome-router help bills):
outcome-router reconcile router.db --bill openai-costs.json --from 2026-11-01 --to 2026-12-01 --json > reconciled.json

# Show it on this page:
outcome-router dashboard router.db --reconciliation reconciled.json`;

function HowTo(): JSX.Element {
  return (
    <>
      <h2>How to compare</h2>
      <pre class="text code" tabIndex={0} role="region" aria-label="Commands">
        {HOW}
      </pre>
    </>
  );
}
