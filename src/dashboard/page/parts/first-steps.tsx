/** The code to write next, if a ledger has no intents yet, or a feature has no outcome. */
import type { JSX } from 'preact';

const ROUTE = `const openai = router.wrap(new OpenAI());
const intent = router.feature('support.reply').intent();
await openai.chat.completions.create({ model: intent.model, messages });`;

const RECORD = (feature: string): string => `// In the same process:
await intent.succeed();   // or: await intent.fail()

// Later and elsewhere, with the id of the intent:
await router.feature('${feature}').outcome(intentId, { success: false });

// Or say in the configuration of the feature what silence means:
silence: { after: '1d', means: 'success' }`;

export function EmptyLedger({ title }: { readonly title: string }): JSX.Element {
  return (
    <>
      <h1>{title}</h1>
      <section class="first-steps" aria-labelledby="first-steps">
        <h2 id="first-steps">The ledger has no intents yet</h2>
        <p>The first one appears here by itself, a moment after the application has made its first routed call:</p>
        <pre class="text" tabIndex={0}>
          {ROUTE}
        </pre>
        <p>Then record its outcome, which turns costs into costs per success:</p>
        <pre class="text" tabIndex={0}>
          {RECORD('support.reply')}
        </pre>
      </section>
    </>
  );
}

export function NoOutcome({ feature }: { readonly feature: string }): JSX.Element {
  return (
    <section class="first-steps" aria-labelledby="first-steps">
      <h2 id="first-steps">Record the first outcome</h2>
      <p>
        No intent of {feature} has ever had an outcome, so nothing is known of what a success costs: the figures below
        are what the router assumes. Until then it goes on trying the plans.
      </p>
      <pre class="text" tabIndex={0}>
        {RECORD(feature)}
      </pre>
    </section>
  );
}
