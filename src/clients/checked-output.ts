/**
 * Checks a translated reply against the schema that its request demands: the API that wrote it enforces only a part of this schema, or
 * nothing. Loaded with the first such request.
 */
import type { Answer } from '../engine/attempts/exchange.ts';
import type { JsonValue } from '../translate/neutral/json-text.ts';
import { jsonText } from '../translate/neutral/json-text.ts';
import { brokenKeyword } from '../translate/neutral/schema-check.ts';
import { parseJson } from '../wires/json-fields.ts';

/**
 * The answer, with the rules of its schema that it breaks. An answer that was cut off, refuses or calls tools is not
 * checked.
 */
export function outputCheck(demanded: unknown): (answer: Answer) => Answer {
  // The schema is parsed by the same function as the reply, so that numbers in both compare equal.
  const schema = parseJson(jsonText(demanded as JsonValue));
  return answer => {
    if (answer.finish !== 'stop' || answer.hasToolCalls) return answer;
    const value = parseJson(answer.text);
    const violation = value === undefined ? 'no JSON' : brokenKeyword(schema, value);
    return violation === undefined ? answer : { ...answer, violation };
  };
}
