/** Statements that are prepared once per connection. */
import { createHash } from 'node:crypto';
import type { SqlStatement } from './connection.ts';

/** A statement is named by its text, because several stores may share the connections of a pool. */
export function statement(text: string): SqlStatement {
  const name = `outcome_router_${createHash('sha256').update(text).digest('base64url').slice(0, 16)}`;
  return { name, text };
}
