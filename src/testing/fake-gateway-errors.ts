/** Errors in the wording of gateways to other vendors' models, as users of the gateways have published them. */
import type { ErrorBody, ErrorWords } from './fake-errors.ts';

const azure = (code: string, message: string): ErrorBody => ({ error: { code, message } });
const SAFE = { filtered: false, severity: 'safe' };

export const azureWords: ErrorWords = {
  'invalid-key': () => [
    401,
    azure(
      '401',
      'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.',
    ),
  ],
  'unknown-model': () => [
    404,
    azure(
      'DeploymentNotFound',
      'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.',
    ),
  ],
  'retired-model': () => [
    410,
    azure(
      'ModelDeprecated',
      'The model associated with the deployment is deprecated and no longer available for use. Please refer to the Azure OpenAI service documentation for more information.',
    ),
  ],
  'content-filter': () => {
    const message =
      "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry. To learn more about our content filtering policies please read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766";
    const found = { hate: SAFE, self_harm: SAFE, sexual: SAFE, violence: { filtered: true, severity: 'medium' } };
    const innererror = { code: 'ResponsibleAIPolicyViolation', content_filter_result: found };
    return [400, { error: { message, type: null, param: 'prompt', code: 'content_filter', status: 400, innererror } }];
  },
};

/** OpenRouter's code is a number: the status. */
function openrouter(code: number, message: string, metadata?: ErrorBody): readonly [number, ErrorBody] {
  return [code, { error: { message, code, ...(metadata === undefined ? {} : { metadata }) } }];
}

export const openrouterWords: ErrorWords = {
  status: ({ status }, { model }) =>
    openrouter(status, 'Provider returned error', {
      raw: `${model} is temporarily rate-limited upstream. Please retry shortly.`,
      provider_name: 'Fake',
    }),
  'invalid-key': () => openrouter(401, 'No auth credentials found'),
  'no-credit': () => openrouter(402, 'Insufficient credits. Add more using https://openrouter.ai/settings/credits'),
  'no-permission': () =>
    openrouter(403, 'Key limit exceeded (total limit). Manage it using https://openrouter.ai/settings/keys'),
  'unknown-model': (_, { model }) => openrouter(400, `${model} is not a valid model ID`),
  'retired-model': (_, { model }) => openrouter(404, `No endpoints found for ${model}.`),
  'context-too-long': ({ tokens, limit }) =>
    openrouter(
      400,
      `This endpoint's maximum context length is ${limit} tokens. However, you requested about ${tokens} tokens (${tokens} of text input). Please reduce the length of either one, or use the "middle-out" transform to compress your prompt automatically.`,
    ),
  'content-filter': (_, { model }) =>
    openrouter(
      403,
      `${model} requires moderation on OpenAI. Your input was flagged for "violence". No credits were charged.`,
      { reasons: ['violence'], flagged_input: '…', provider_name: 'OpenAI' },
    ),
  'unsupported-capability'({ capability }) {
    if (capability === 'images') return openrouter(404, 'No endpoints found that support image input');
    if (capability !== 'tools') return undefined;
    return openrouter(
      404,
      'No endpoints found that support tool use. To learn more about provider routing, visit: https://openrouter.ai/docs/guides/routing/provider-selection',
    );
  },
};

const newApi = (code: string, message: string): ErrorBody => ({
  error: { message, type: 'new_api_error', param: '', code },
});
const noChannel: NonNullable<ErrorWords['unknown-model']> = (_, { model }) => [
  503,
  newApi('model_not_found', `No available channel for model ${model} under group default (distributor)`),
];

export const newApiWords: ErrorWords = {
  'invalid-key': () => [401, newApi('', '无效的令牌')],
  'no-credit': () => [403, newApi('insufficient_user_quota', '用户额度不足, 剩余额度: ＄0.000000')],
  'unknown-model': noChannel,
  'retired-model': noChannel,
};
