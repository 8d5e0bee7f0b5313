import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

/** A text field whose value takes effect when it loses the focus, or on Enter. Until then, the page keeps the typed text. */
export function Typed({
  value,
  onLeave,
  ...rest
}: {
  readonly value: string;
  readonly onLeave: (value: string) => void;
  readonly inputMode?: 'decimal';
  readonly spellcheck?: boolean;
}): JSX.Element {
  const [typing, setTyping] = useState<Typing>();
  // The address has another value than when the text was applied.
  if (typing?.appliedTo !== undefined && typing.appliedTo !== value) setTyping(undefined);
  function leave(): void {
    if (typing === undefined || typing.appliedTo !== undefined) return;
    const text = typing.text.trim();
    setTyping(text === value ? undefined : { text, appliedTo: value });
    onLeave(text);
  }
  return (
    <input
      {...rest}
      value={typing?.text ?? value}
      onInput={event => setTyping({ text: event.currentTarget.value })}
      onChange={leave}
      onBlur={leave}
    />
  );
}

interface Typing {
  readonly text: string;
  /** The field's value when the text was applied: the page learns of the new address a moment later, and shows the text until then. */
  readonly appliedTo?: string;
}
