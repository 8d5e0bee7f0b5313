/** POST /api/ask: the answer, and the intent's id for the outcome. */
import { openai, router } from '../../../lib/router.ts';

/** The ledger is a file, so this route cannot use the edge runtime. */
export const runtime = 'nodejs';

export async function POST(request: Request): Promise<Response> {
  const intent = router.feature('support.reply').intent();
  const reply = await openai.chat.completions.create({
    model: intent.model,
    messages: [{ role: 'user', content: await request.text() }],
  });
  return Response.json({ answer: reply.choices[0]?.message.content, intentId: intent.id });
}
