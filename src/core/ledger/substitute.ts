/** Nodes beyond a plan, where another model answered because a reply broke the schema that its request demands. */
import type { Attempt, NodeKey, Plan } from './vocabulary.ts';
import { nodeAfterRejection, nodeBeforeOutage, planKey, planOfKey } from './vocabulary.ts';

/**
 * The node in place of which the node answered: its reply broke the schema, and the plan has no next model. What the node cost
 * belongs to that one, and the intent is still there. Any other node is its own.
 */
export function nodeReplacedBy(node: NodeKey, plan: Plan, attempts: readonly Attempt[]): NodeKey {
  const path = nodeAfterRejection(planKey(plan), '');
  for (const violated of attempts) {
    const after = nodeAfterRejection(violated.node, '');
    if (violated.verdict?.accepted !== false || !node.startsWith(after)) continue;
    const substitute = after + (planOfKey(nodeBeforeOutage(node.slice(after.length)))[0] ?? '');
    if (path.startsWith(nodeAfterRejection(substitute, ''))) continue;
    // In a later request, another model may answer because the first has used up its turns.
    if (attempts.some(each => each.requestId === violated.requestId && each.node.startsWith(substitute)))
      return violated.node;
  }
  return node;
}
