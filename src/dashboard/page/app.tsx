/** The frame: navigation, the page that the address names, and the state of the live connection. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { OverviewMessage, SessionMessage } from '../messages.ts';
import { Audit } from './pages/audit.tsx';
import { Bill } from './pages/bill.tsx';
import { Calculator } from './pages/calculator.tsx';
import { Feature } from './pages/feature.tsx';
import { IntentsPage } from './pages/intents.tsx';
import { ReceiptPage } from './pages/receipt.tsx';
import { Controllable, Disconnected, LiveState } from './parts/connection.tsx';
import { Await } from './parts/figures.tsx';
import { EmptyLedger } from './parts/first-steps.tsx';
import { Overview } from './pages/overview.tsx';
import { Prices } from './pages/prices.tsx';
import { PeriodBar } from './parts/period-picker.tsx';
import { currentHash, periodInHash, periodQuery } from './period-address.ts';
import type { Route } from './route.ts';
import { hashOf, parseRoute } from './route.ts';
import type { ServerAnswer } from './server.ts';
import { useAnswer, useLedgerVersion } from './server.ts';
import { WhatIf } from './pages/what-if.tsx';

export function App(): JSX.Element {
  const route = useRoute();
  const ledger = useLedgerVersion();
  const session = useAnswer<SessionMessage>('api/session', 0);
  const period = periodInHash(currentHash());
  const query = periodQuery(period);
  const overview = useAnswer<OverviewMessage>(`api/overview${query === '' ? '' : `?${query}`}`, ledger.version);
  const features = overview.kind === 'loaded' ? overview.value.features.map(feature => feature.feature) : [];
  const main = useRef<HTMLElement>(null);
  const title = titleOf(route);
  const isFirst = useRef(true);

  // A layout effect runs before the browser paints: a key pressed after that would otherwise act on elements that no longer exist.
  useLayoutEffect(() => {
    document.title = `${title} · outcome-router`;
    // After following a link, users of a keyboard or a screen reader continue at the new content.
    if (!isFirst.current) {
      main.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    isFirst.current = false;
  }, [title]);

  return (
    <>
      <a class="skip" href="#main" onClick={event => (event.preventDefault(), main.current?.focus())}>
        Skip to content
      </a>
      <header class="top">
        <a class="brand" href="#/overview">
          outcome-router
        </a>
        <nav aria-label="Pages">
          <Link to={{ page: 'overview' }} current={route} name="Overview" />
          <IntentsLink current={route} />
          <Link to={{ page: 'calculator' }} current={route} name="Calculator" />
          <Link to={{ page: 'prices' }} current={route} name="Prices" />
          <Link to={{ page: 'bill' }} current={route} name="Bill" />
          <FeatureMenu features={features} current={route} />
        </nav>
        <LiveState ledger={ledger} isReadOnly={session.kind === 'loaded' && !session.value.canLabel} />
      </header>
      <Disconnected ledger={ledger} command={session.kind === 'loaded' ? session.value.command : undefined} />
      {OF_A_PERIOD.has(route.page) && <PeriodBar choice={period} of={overview} />}
      <main id="main" ref={main} tabIndex={-1}>
        {'feature' in route && <FeatureTabs route={route} />}
        <Controllable isLost={ledger.lostSinceMs !== undefined && route.page !== 'calculator'}>
          {isEmpty(overview) && ABOUT_INTENTS.has(route.page) ? (
            <EmptyLedger title={title} />
          ) : (
            page(route, ledger.version, overview)
          )}
        </Controllable>
      </main>
    </>
  );

  function page(to: Route, version: number, answer: typeof overview): JSX.Element {
    switch (to.page) {
      case 'overview':
        return <Await answer={answer}>{value => <Overview overview={value} />}</Await>;
      case 'feature':
        return (
          <Feature
            key={to.feature}
            name={to.feature}
            version={version}
            period={query}
            canControl={session.kind === 'loaded' && session.value.canControl}
          />
        );
      case 'what-if':
        return <WhatIf key={to.feature} name={to.feature} version={version} />;
      case 'audit':
        return <Audit key={to.feature} name={to.feature} />;
      case 'intents':
        return <IntentsPage filter={to.filter} version={version} />;
      case 'intent':
        return <ReceiptPage key={to.id} id={to.id} version={version} />;
      case 'calculator':
        return <Calculator />;
      case 'bill':
        return <Bill version={version} />;
      case 'prices':
        return <Prices version={version} />;
    }
  }
}

/** Pages whose figures belong to the period; other pages show the present, or state their own time. */
const OF_A_PERIOD: ReadonlySet<string> = new Set(['overview', 'feature', 'intents']);

/** Pages with nothing to show if there are no intents. */
const ABOUT_INTENTS: ReadonlySet<string> = new Set(['overview', 'intents', 'prices']);

function isEmpty(overview: ServerAnswer<OverviewMessage>): boolean {
  return overview.kind === 'loaded' && overview.value.features.length === 0;
}

function useRoute(): Route {
  const [hash, set] = useState(location.hash);
  useEffect(() => {
    const update = (): void => set(location.hash);
    addEventListener('hashchange', update);
    // The address may have changed before the listener was added.
    update();
    return () => removeEventListener('hashchange', update);
  }, []);
  return parseRoute(hash);
}

function titleOf(route: Route): string {
  switch (route.page) {
    case 'overview':
      return 'Overview';
    case 'calculator':
      return 'Calculator';
    case 'prices':
      return 'Prices';
    case 'bill':
      return 'Bill';
    case 'intents':
      return 'Intents';
    case 'intent':
      return `Intent ${route.id}`;
    case 'feature':
      return route.feature;
    case 'what-if':
      return `What if: ${route.feature}`;
    case 'audit':
      return `Audit: ${route.feature}`;
  }
}

function Link({
  to,
  current,
  name,
}: {
  readonly to: Route;
  readonly current: Route;
  readonly name: string;
}): JSX.Element {
  return (
    <a href={hashOf(to)} aria-current={hashOf(to) === hashOf(current) ? 'page' : undefined}>
      {name}
    </a>
  );
}

function IntentsLink({ current }: { readonly current: Route }): JSX.Element {
  const isHere = current.page === 'intents' || current.page === 'intent';
  return (
    <a href="#/intents" aria-current={isHere ? 'page' : undefined}>
      Intents
    </a>
  );
}

function FeatureMenu({
  features,
  current,
}: {
  readonly features: readonly string[];
  readonly current: Route;
}): JSX.Element {
  const chosen = 'feature' in current ? current.feature : '';
  return (
    <select
      aria-label="Go to a feature"
      value={chosen}
      onChange={event => {
        const feature = event.currentTarget.value;
        if (feature !== '') location.hash = hashOf({ page: 'feature' in current ? current.page : 'feature', feature });
      }}
    >
      <option value="">Feature …</option>
      {(chosen === '' || features.includes(chosen) ? features : [chosen, ...features]).map(feature => (
        <option key={feature} value={feature}>
          {feature}
        </option>
      ))}
    </select>
  );
}

function FeatureTabs({ route }: { readonly route: Extract<Route, { feature: string }> }): JSX.Element {
  const { feature } = route;
  return (
    <>
      <h1>{feature}</h1>
      <nav class="tabs" aria-label={`Pages of ${feature}`}>
        <Link to={{ page: 'feature', feature }} current={route} name="Figures" />
        <Link to={{ page: 'what-if', feature }} current={route} name="What if" />
        <Link to={{ page: 'audit', feature }} current={route} name="Audit" />
      </nav>
    </>
  );
}
