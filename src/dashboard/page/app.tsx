/** The frame: navigation, the page that the address names, and whether news still come. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { OverviewMessage } from '../messages.ts';
import { Audit } from './pages/audit.tsx';
import { Calculator } from './pages/calculator.tsx';
import { Feature } from './pages/feature.tsx';
import { Await } from './parts/figures.tsx';
import { Overview } from './pages/overview.tsx';
import { Prices } from './pages/prices.tsx';
import type { Route } from './route.ts';
import { hashOf, parseRoute } from './route.ts';
import { useAnswer, useNews } from './server.ts';
import { WhatIf } from './pages/what-if.tsx';

export function App(): JSX.Element {
  const route = useRoute();
  const news = useNews();
  const overview = useAnswer<OverviewMessage>('api/overview', news.count);
  const features = overview.kind === 'here' ? overview.value.features.map(feature => feature.feature) : [];
  const main = useRef<HTMLElement>(null);
  const title = titleOf(route);
  const isFirst = useRef(true);

  // With the content, not after it is painted: a key pressed in between would act on what is no longer there.
  useLayoutEffect(() => {
    document.title = `${title} · outcome-router`;
    // A reader who follows a link by keyboard or ear goes on at the new content.
    if (!isFirst.current) {
      main.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    isFirst.current = false;
  }, [title]);

  return (
    <>
      <a class="skip" href="#main" onClick={event => (event.preventDefault(), main.current?.focus())}>
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href="#/overview">
          outcome-router
        </a>
        <nav aria-label="Pages">
          <Link to={{ page: 'overview' }} at={route} name="Overview" />
          <Link to={{ page: 'calculator' }} at={route} name="Calculator" />
          <Link to={{ page: 'prices' }} at={route} name="Prices" />
          <FeatureMenu features={features} at={route} />
        </nav>
        <p class="live" role="status">
          <span class={news.connected ? 'dot on' : 'dot'} aria-hidden="true" />
          {news.connected ? 'live' : 'not connected'}
        </p>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {'feature' in route && <FeatureTabs route={route} />}
        {page(route, news.count, overview)}
      </main>
    </>
  );

  function page(at: Route, count: number, answer: typeof overview): JSX.Element {
    switch (at.page) {
      case 'overview':
        return <Await answer={answer}>{value => <Overview overview={value} />}</Await>;
      case 'feature':
        return <Feature key={at.feature} name={at.feature} news={count} />;
      case 'what-if':
        return <WhatIf key={at.feature} name={at.feature} news={count} />;
      case 'audit':
        return <Audit key={at.feature} name={at.feature} />;
      case 'calculator':
        return <Calculator />;
      case 'prices':
        return <Prices news={count} />;
    }
  }
}

function useRoute(): Route {
  const [hash, set] = useState(location.hash);
  useEffect(() => {
    const changed = (): void => set(location.hash);
    addEventListener('hashchange', changed);
    // It may have changed before anybody listened.
    changed();
    return () => removeEventListener('hashchange', changed);
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
    case 'feature':
      return route.feature;
    case 'what-if':
      return `What if: ${route.feature}`;
    case 'audit':
      return `Audit: ${route.feature}`;
  }
}

function Link({ to, at, name }: { readonly to: Route; readonly at: Route; readonly name: string }): JSX.Element {
  return (
    <a href={hashOf(to)} aria-current={hashOf(to) === hashOf(at) ? 'page' : undefined}>
      {name}
    </a>
  );
}

function FeatureMenu({ features, at }: { readonly features: readonly string[]; readonly at: Route }): JSX.Element {
  const chosen = 'feature' in at ? at.feature : '';
  return (
    <select
      aria-label="Go to a feature"
      value={chosen}
      onChange={event => {
        const feature = event.currentTarget.value;
        if (feature !== '') location.hash = hashOf({ page: 'feature' in at ? at.page : 'feature', feature });
      }}
    >
      <option value="">Feature …</option>
      {features.map(feature => (
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
        <Link to={{ page: 'feature', feature }} at={route} name="What it does" />
        <Link to={{ page: 'what-if', feature }} at={route} name="What if" />
        <Link to={{ page: 'audit', feature }} at={route} name="Audit" />
      </nav>
    </>
  );
}
