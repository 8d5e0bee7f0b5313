/** A person labels a random sample of intents. Plan, model, cost and other evidence are not shown, so that they cannot bias the auditor. */
import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Outcome } from '../../../core/ledger/vocabulary.ts';
import { formatCount, formatMoment } from '../../../core/report/wording.ts';
import type { AuditMessage } from '../../messages.ts';
import { Await } from '../parts/figures.tsx';
import { messageOf, post, useAnswer } from '../server.ts';

const FRACTIONS = [0.01, 0.05, 0.2, 1];

export function Audit({ name }: { readonly name: string }): JSX.Element {
  const [fraction, setFraction] = useState(0.05);
  const [round, setRound] = useState(0);
  return (
    <>
      <p>
        Your answer outranks every signal, and shows how reliable signals, silence and judges are. Whether an intent is
        drawn depends on its id alone.
      </p>
      <label>
        Fraction of the intents of the last 30 days{' '}
        <select value={fraction} onChange={event => setFraction(Number(event.currentTarget.value))}>
          {FRACTIONS.map(each => (
            <option key={each} value={each}>
              {each * 100} %
            </option>
          ))}
        </select>
      </label>
      <Sample key={`${fraction} ${round}`} name={name} fraction={fraction} onMore={() => setRound(now => now + 1)} />
    </>
  );
}

/** Requested once: labels given meanwhile do not change which intents are in the sample. */
function Sample(props: { readonly name: string; readonly fraction: number; readonly onMore: () => void }): JSX.Element {
  const { name, fraction, onMore } = props;
  const path = `api/audit?feature=${encodeURIComponent(name)}&fraction=${fraction}`;
  const answer = useAnswer<AuditMessage>(path, 0);
  return <Await answer={answer}>{sample => <Items sample={sample} onMore={onMore} />}</Await>;
}

type Item = AuditMessage['unlabelled'][number];

function Items({ sample, onMore }: { readonly sample: AuditMessage; readonly onMore: () => void }): JSX.Element {
  const [index, setIndex] = useState(0);
  const [labelled, setLabelled] = useState(0);
  const [status, setStatus] = useState('');
  const question = useRef<HTMLHeadingElement>(null);
  const isSending = useRef(false);
  const item = sample.unlabelled[index];

  function next(message: string): void {
    setStatus(message);
    setIndex(now => now + 1);
    // A screen reader reads the next question aloud, and the buttons are the next stop of the Tab key.
    question.current?.focus();
  }

  async function label(intent: Item, success: boolean): Promise<void> {
    // Pressing twice while the first answer is being sent would skip the next intent.
    if (isSending.current) return;
    isSending.current = true;
    try {
      await post<Outcome>('api/audit', { intentId: intent.intentId, success });
      setLabelled(now => now + 1);
      next(`${intent.intentId} is labelled ${success ? 'success' : 'failure'}.`);
    } catch (error) {
      setStatus(messageOf(error));
    } finally {
      isSending.current = false;
    }
  }

  return (
    <section aria-labelledby="question">
      <p>
        {formatCount(sample.drawn)} of {formatCount(sample.intents)} intents are drawn,{' '}
        <strong>{formatCount(sample.audited + labelled)}</strong> of them are labelled.
      </p>
      <p role="status" class="muted">
        {status}
      </p>
      <h2 id="question" tabIndex={-1} ref={question}>
        {item === undefined ? 'This was the last intent' : 'Did the user get what they wanted?'}
      </h2>
      {item === undefined ? (
        <p>
          {sample.audited + index < sample.drawn ? (
            <button type="button" onClick={onMore}>
              Load more
            </button>
          ) : (
            'Every intent of this sample has been asked about.'
          )}
        </p>
      ) : (
        <>
          <Shown item={item} />
          <p class="buttons">
            {sample.canLabel && (
              <>
                <button type="button" onClick={() => void label(item, true)}>
                  Yes
                </button>
                <button type="button" onClick={() => void label(item, false)}>
                  No
                </button>
              </>
            )}
            <button type="button" onClick={() => !isSending.current && next(`${item.intentId} is skipped.`)}>
              {sample.canLabel ? 'I cannot tell' : 'Next'}
            </button>
          </p>
          {!sample.canLabel && <p class="muted">Your role may read this sample, but not label it.</p>}
        </>
      )}
    </section>
  );
}

function Shown({ item }: { readonly item: Item }): JSX.Element {
  const { intentId, session, decidedAtMs, link, text } = item;
  return (
    <>
      <dl class="words">
        <div>
          <dt>Intent</dt>
          <dd>
            <code>{intentId}</code>
          </dd>
        </div>
        {session !== undefined && (
          <div>
            <dt>Session</dt>
            <dd>
              <code>{session}</code>
            </dd>
          </div>
        )}
        <div>
          <dt>Decided</dt>
          <dd>{formatMoment(decidedAtMs)} UTC</dd>
        </div>
      </dl>
      {link !== undefined && (
        <p>
          <a href={link} rel="noreferrer noopener" target="_blank">
            Open the conversation
          </a>
        </p>
      )}
      {text !== undefined && (
        <pre class="text" tabIndex={0} role="region" aria-label="Captured text">
          {text}
        </pre>
      )}
      {link === undefined && text === undefined && (
        <p class="muted">
          The ledger holds no text. To read the conversation here, start the dashboard with --link
          https://…/&#123;intentId&#125; or --text, or give the handler a link or a textOf.
        </p>
      )}
    </>
  );
}
