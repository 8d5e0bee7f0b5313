/** What each model cost in this ledger, beside its rates in the price book. */
import type { JSX } from 'preact';
import { formatCount, formatMoment, formatTotal, formatUsd, METER_NAMES } from '../../../core/report/wording.ts';
import type { PriceMessage } from '../../messages.ts';
import { Await, Estimate, Table } from '../parts/figures.tsx';
import { useAnswer } from '../server.ts';

export function Prices({ version }: { readonly version: number }): JSX.Element {
  const answer = useAnswer<readonly PriceMessage[]>('api/prices', version);
  return (
    <>
      <h1>Prices</h1>
      <Await answer={answer}>
        {prices => (
          <>
            <Table
              caption="Models by spend, with 95 % intervals"
              rows={prices}
              rowKey={price => price.model}
              columns={[
                { title: 'Model', cell: price => price.model },
                { title: 'Intents', number: true, cell: price => formatCount(price.visits) },
                {
                  title: 'Spend per intent, at the latest price',
                  number: true,
                  cell: price => <Estimate of={price.perVisitUsd} as={formatUsd} />,
                },
                { title: 'Spend', number: true, cell: price => formatTotal(price.spendUsd) },
                { title: 'Price book, per million tokens', cell: bookOf },
              ]}
            />
            <Table
              caption="Versions seen (provider model, price and prompt). Another model or prompt has statistics of its own, another price a cost of its own."
              rows={prices.flatMap(price => price.versions.map(version => ({ model: price.model, ...version })))}
              rowKey={row => `${row.model} ${row.version}`}
              columns={[
                { title: 'Model', cell: row => row.model },
                { title: 'Version', cell: row => row.version },
                { title: 'First seen (UTC)', cell: row => formatMoment(row.firstSeenMs) },
                { title: 'Intents', number: true, cell: row => formatCount(row.visits) },
              ]}
            />
          </>
        )}
      </Await>
    </>
  );
}

function bookOf({ book }: PriceMessage): string {
  if (book === undefined) return 'not in the price book';
  return `${book.rates.map(({ meter, usdPerMillion }) => `${METER_NAMES[meter]} ${formatUsd(usdPerMillion)}`).join(', ')} (${book.source})`;
}
