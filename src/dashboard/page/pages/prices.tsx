/** What each model cost in this ledger, beside its rates in the price book. */
import type { JSX } from 'preact';
import { formatDay } from '../../../core/report/period-words.ts';
import {
  formatCount,
  formatMoment,
  formatRate,
  formatTotal,
  formatUsd,
  METER_NAMES,
} from '../../../core/report/wording.ts';
import { versionParts } from '../../../core/cells/version-parts.ts';
import type { PriceMessage } from '../../messages.ts';
import { Await, Estimate, Table } from '../parts/figures.tsx';
import { hashOf } from '../route.ts';
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
              ]}
            />
            <h2>Prices in the price book, USD per million tokens</h2>
            {prices.map(price => (
              <Book key={price.model} price={price} />
            ))}
            <Table
              caption="Versions seen (provider model, price and prompt). Another model or prompt has statistics of its own, another price a cost of its own."
              rows={prices.flatMap(price => price.versions.map(version => ({ model: price.model, ...version })))}
              rowKey={row => `${row.model} ${row.version}`}
              columns={[
                { title: 'Model', cell: row => row.model },
                { title: 'Version', cell: row => <Version version={row.version} firstSeenMs={row.firstSeenMs} /> },
                { title: 'First seen (UTC)', folds: true, cell: row => formatMoment(row.firstSeenMs) },
                { title: 'Intents', number: true, folds: true, cell: row => formatCount(row.visits) },
              ]}
            />
          </>
        )}
      </Await>
    </>
  );
}

/** Rates are shown to the last digit, because they are billed exactly. */
function Book({ price: { model, book } }: { readonly price: PriceMessage }): JSX.Element {
  return (
    <div class="book">
      <h3>{model}</h3>
      {book === undefined ? (
        <p class="muted">Not in the price book: priced by its configuration, or by what each call reports.</p>
      ) : (
        <>
          <dl class="rates">
            {book.rates.map(({ meter, usdPerMillion }) => (
              <div key={meter}>
                <dt>{METER_NAMES[meter]}</dt>
                <dd>{formatRate(usdPerMillion)}</dd>
              </div>
            ))}
          </dl>
          <p class="muted">{book.source}</p>
        </>
      )}
    </div>
  );
}

/**
 * A price is named by the day on which it was first seen; the tooltip has the ledger's own name of the version, which finds its
 * intents.
 */
function Version({ version, firstSeenMs }: { readonly version: string; readonly firstSeenMs: number }): JSX.Element {
  const { quality } = versionParts(version);
  const href = hashOf({ page: 'intents', filter: new URLSearchParams({ version, period: 'all' }) });
  return (
    <a href={href} title={version}>
      {quality}, prices of {formatDay(firstSeenMs)}
    </a>
  );
}
