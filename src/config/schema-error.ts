/** A mistake that the schema finds, as a RouterError: where it is, what was given, and what would be accepted. */
import { RouterError } from '../errors.ts';
import { nearestName } from '../nearest-name.ts';
import { pathText } from './path-text.ts';
import type { Issue } from './shape.ts';

/** The error for the first issue; a misspelled option comes before the required one that is missing because of it. */
export function schemaError(issues: readonly Issue[], config: unknown): RouterError {
  const issue = mostPrecise(issues.find(isMisspelt) ?? (issues[0] as Issue));
  const { path, accepted } = issue;
  if (issue.kind === 'unknown-member') {
    const { name } = issue;
    return new RouterError('invalid-config', `no option is named "${name}"`, {
      path: pathText([...path, name]),
      accepted,
      given: name,
    });
  }
  const value = valueAt(config, path);
  return new RouterError('invalid-config', describeValue(value, issue), {
    path: pathText(path) || 'configuration',
    accepted,
    ...(typeof value === 'string' ? { given: value } : {}),
  });
}

function isMisspelt({ kind }: Issue): boolean {
  return kind === 'unknown-member';
}

/** If a value fits no alternative, this returns the issue of the alternative that it nearly fits. */
function mostPrecise(issue: Issue): Issue {
  if (issue.kind !== 'either') return issue;
  const found = issue.issues.find(isMisspelt) ?? issue.issues.find(({ path }) => path.length > 0);
  return found === undefined ? issue : mostPrecise({ ...found, path: [...issue.path, ...found.path] });
}

function valueAt(config: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Readonly<Record<PropertyKey, unknown>> | undefined)?.[key],
    config,
  );
}

/** Quotes only what cannot be a secret: numbers, and text that is close to one of the accepted words. */
function describeValue(value: unknown, issue: Issue): string {
  if (issue.kind === 'name') return `${JSON.stringify(issue.path.at(-1))} is not a valid name`;
  if (value === undefined) return 'it is missing';
  if (typeof value === 'number' || typeof value === 'boolean' || value === null)
    return `${String(value)} is not accepted`;
  if (typeof value === 'string') {
    const { accepted, hint } = issue;
    if (typeof accepted !== 'string' && nearestName(value, accepted) !== undefined) return `"${value}" is not accepted`;
    return `this text is not accepted${hint === undefined ? '' : `: ${hint}`}`;
  }
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list is not accepted' : 'this list is not accepted';
  return `this ${typeof value} is not accepted`;
}
