/** Codes and sentences by which vendors refuse the account, the model, the length or the content. */
import type { ReplyError } from '../contracts/wire.ts';
import type { ErrorText } from './error-body.ts';

type ErrorMeaning = Pick<ReplyError, 'about' | 'lacks'>;

// Each expression is tested on codes and sentences. Codes are one a line in plain words: `DeploymentNotFound` is "deployment not
// found".

const TOO_LONG =
  /(?:maximum|max|model'?s?) (?:context|prompt|model) (?:length|size)|context (?:length|window|size|limit)[^.]{0,40}exceed|(?:exceed\w*|greater than)[^.]{0,40}context (?:length|window|size|limit)|(?:prompt|input) (?:is )?too (?:long|large for)|(?:request|entity|payload) too large|(?:prompt|input) exceeds max(?:imum)? length|'(?:messages|input|instructions)(?:[^']*(?:content|text|output))?': string too long|token count[^.]*exceeds|exceed\w* (?:the )?(?:model )?token limit|too large for model with|\binputs` tokens \+ `max_new_tokens|range of input length|maximum content size limit|max_tokens must be at least 1, got -|too many (?:input )?tokens(?::| in )/i;

/** Sentences that count the requested output too, or a limit per minute: a request of the same length may still fit. */
const WITH_OUTPUT = /max_(?:completion_|output_|new_)?tokens|in the (?:completion|output)|request too large for/i;
/** The limit, and how much of it the input alone would take. */
const INPUT_OF_LIMIT = /context length is (\d+)[^]*?\((\d+) (?:in the messages|of text input)/;

const MODEL_REFUSED =
  /\bmodels?(?:[ /:]+(?:[`'"][^`'"]+[`'"]|\w*[-./:@\d][-./:@\w]*))? (?:does |is |was |has been )?(?:not exist|not found|no longer|decommissioned|deprecated|retired|shut down)|^model not (?:available|supported)|(?:not|n't) (?:have |allowed )?(?:to )?access (?:to )?(?:the |this )?(?:non-serverless )?model|not found the model|unable to access (?:non-serverless )?model|(?:invalid|unsupported) model(?: name| id|:| '|$)|not a valid model id|model identifier is invalid|^deployment not found|deployment for this resource does not exist|on-demand throughput|no (?:allowed|available) (?:providers|channel)|no endpoints found for|^model: [^ ]+$/im;

const ACCOUNT_REFUSED =
  /\bcredits\b|credit (?:balance|limit)|insufficient (?:\w+ )?(?:balance|credit|funds|quota|permission)|balance is insufficient|余额不足|欠费|身份验证|无效的令牌|exceeded current quota|spend(?:ing)? limit|usage limit(?:s| reached)|^billing|budget (?:has been )?exceeded|over budget|(?:incorrect|invalid) (?:(?:x-)?api.key|authentication)|api key (?:not valid|expired|is invalid)|(?:account|organization)(?: \S+){0,3} (?:suspended|disabled|deactivated|restricted|locked|(?:in|not )active|overdue)|(?:member of an|no such|invalid) organization|not authorized|missing scope|security token|^invalid token(?: \(.*)?$|^(?:arrearage|payment required|unauthorized|unauthenticated|authentication error|permission(?: denied)?(?: error)?|forbidden|access (?:denied|terminated).*)$|user location is not supported|unsupported country/im;

const FILTERED =
  /content (?:management|filter|policy|moderation)|policy violation|^invalid prompt$|moderation blocked|flagged as potentially violating|violat\w* (?:\w+ )?(?:usage|content|safety) (?:polic|guidelines)|content exists risk|considered high risk|inappropriate content|sensitive (?:content|words)|敏感|^1301$|input was flagged|data inspection failed/im;

const RATE_LIMITED = /^(?:(?:user )?rate limit|overloaded|too many requests|throttling|resource exhausted)/im;

export function errorMeaning({ codes, message }: ErrorText): ErrorMeaning | undefined {
  const words = codes.map(code => code.replaceAll(/(?<=[a-z])(?=[A-Z])|[^a-zA-Z\d]+/g, ' '));
  const text = [...words, message].join('\n');
  // The length is tested first: some vendors count the tokens of one request against a limit per minute.
  if (TOO_LONG.test(text)) return { about: 'unable', lacks: fits(message) ? undefined : 'context' };
  if (FILTERED.test(text)) return { about: 'unable', lacks: 'content-filter' };
  if (MODEL_REFUSED.test(text)) return { about: 'model' };
  if (ACCOUNT_REFUSED.test(text)) return { about: 'account' };
  return RATE_LIMITED.test(text) ? { about: 'fault' } : undefined;
}

/** True where the input alone may fit: a shorter output would help, or waiting a minute. */
function fits(message: string): boolean {
  const [, limit, input] = INPUT_OF_LIMIT.exec(message) ?? [];
  return WITH_OUTPUT.test(message) && !(Number(input) > Number(limit));
}
