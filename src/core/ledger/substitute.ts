/** Nodes beyond a plan, where another model answered because a reply broke the schema that its request demands. */
import type { Attempt, NodeKey, Plan } from './vocabulary.ts';
import { nodeAfterRejection, nodeBeforeOutage, planKey, planOfKey } from './vocabulary.ts';

/**
 * The node that `node` replaced, because its reply broke the schema and the plan has no next model. The cost of `node` belongs to the
 * replaced node, and the intent counts as still at that node. Returns `node` itself if it replaced no other node.
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
