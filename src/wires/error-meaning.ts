/** Codes and sentences in which vendors say that it is the account, the model, the length or the content that they refuse. */
import { isRetryableHttpStatus } from '../core/ledger/attempt-status.ts';
import type { ReplyError } from '../contracts/wire.ts';
import type { ErrorText } from './error-body.ts';

type ErrorMeaning = Pick<ReplyError, 'about' | 'lacks'>;

/** Codes and types without their punctuation, so that `NotFoundError` and `not_found_error` are the same. */
const CONTEXT_CODES =
  /^(?:context(?:length|window)exceeded(?:error)?|exceedcontextsize(?:error)?|modelcontextwindowexceeded|requesttoolarge|payloadtoolarge|requestentitytoolarge|(?:prompt|input)toolong)$/;
const MODEL_CODES =
  /^(?:model(?:not(?:found|available|exist\w*|supported)(?:error)?|decommissioned|deprecated|retired)|deploymentnotfound|invalidmodel(?:error|name)?|unsupportedmodel)$/;
const FILTER_CODES =
  /^(?:content(?:filter(?:ed|error)?|policyviolation(?:error)?|moderation)|responsibleaipolicyviolation|invalidprompt|datainspectionfailed|moderationblocked|sensitivewordsdetected)$/;
const ACCOUNT_CODES =
  /^(?:insufficient(?:user)?(?:quota|balance|credits?|funds)|exceededcurrentquota(?:error)?|usagelimitreached|billing\w*|budgetexceeded|creditlimit\w*|paymentrequired|arrearage|account(?:overdue\w*|deactivated|suspended|disabled)|(?:invalid|incorrect|expired)?apikey(?:invalid|expired)?|(?:invalid)?authentication(?:error)?|unauthorized|unauthenticated|permission(?:denied)?(?:error)?|forbidden|accessdenied\w*|accessterminated\w*|unsupportedcountryregionterritory)$/;
const FAULT_CODES = /^(?:(?:user)?ratelimit\w*|overloaded(?:error)?|toomanyrequests|throttling\w*|resourceexhausted)$/;

const TOO_LONG =
  /(?:maximum|max|model'?s?) (?:context|prompt|model) (?:length|size)|context (?:length|window|size|limit)[^.]{0,40}exceed|exceed\w*[^.]{0,40}context (?:length|window|size|limit)|(?:prompt|input) (?:is )?too (?:long|large for)|(?:prompt|input) exceeds max(?:imum)? length|'(?:messages|input|instructions)[^']*': string too long|token count[^.]*exceeds|exceed\w* (?:the )?(?:model )?token limit|reduce the length of the messages|greater than the context length|too large for model with|\binputs` tokens \+ `max_new_tokens|range of input length|maximum content size limit|too many (?:input )?tokens(?::| in )/i;

/** Sentences that count the output that was asked for, or a limit per minute: a request that is as long may still fit. */
const WITH_OUTPUT = /max_(?:completion_|output_|new_)?tokens|in the (?:completion|output)|request too large for/i;
/** The limit, and how much of it the input alone would take. */
const INPUT_OF_LIMIT = /context length is (\d+)[^]*?\((\d+) (?:in the messages|of text input)/;

const MODEL_UNKNOWN =
  /\bmodels?(?:[ /:]+(?:[`'"][^`'"]+[`'"]|\w*[-./:@\d][-./:@\w]*))? (?:does |is |was |has been )?(?:not exist|not found|no longer|decommissioned|deprecated|retired|shut down)|(?:not|n't) (?:have |allowed )?(?:to )?access (?:to )?(?:the |this )?(?:non-serverless )?model|not found the model|unable to access (?:non-serverless )?model|invalid model(?: name| id|:| ')|not a valid model id|model identifier is invalid|deployment for this resource does not exist|could not resolve the foundation model|on-demand throughput|no (?:allowed|available) (?:providers|channel)|no endpoints found for|^model: [^ ]+$/im;

const ACCOUNT_REFUSED =
  /credit balance is too low|insufficient (?:\w+ )?(?:balance|credits?|funds|quota)|balance is insufficient|余额不足|(?:more|available) credits|(?:spend|spending|credit) limit|api usage limits|budget has been exceeded|over budget|(?:incorrect|invalid) (?:api key|x-api-key|authentication)|api key (?:not valid|expired|is invalid)|(?:account|organization) (?:\S+ )?(?:is|has been) (?:suspended|disabled|deactivated|not active)|user location is not supported|only authorized for use with/i;

const FILTERED =
  /content (?:management|filtering) policy|blocked by content filter|flagged as potentially violating|violat\w* (?:\w+ )?(?:usage|content|safety) (?:polic|guidelines)|content exists risk|considered high risk|inappropriate content|input was flagged|data_inspection_failed/i;

/** @param status the HTTP status: at a fault of the provider, a sentence about a model does not mean that it is unknown */
export function errorMeaning({ codes, message }: ErrorText, status: number): ErrorMeaning | undefined {
  const words = codes.map(code => code.toLowerCase().replaceAll(/[^a-z]/g, ''));
  const has = (known: RegExp): boolean => words.some(word => known.test(word));
  const says = (sentence: RegExp): boolean => !isRetryableHttpStatus(status) && sentence.test(message);
  // First the length: some vendors count the tokens of one request against a limit per minute.
  if (has(CONTEXT_CODES) || TOO_LONG.test(message) || /request too large for/i.test(message)) {
    return { about: 'unable', lacks: fits(message) ? undefined : 'context' };
  }
  if (has(FILTER_CODES) || says(FILTERED)) return { about: 'unable', lacks: 'content-filter' };
  if (has(MODEL_CODES) || says(MODEL_UNKNOWN)) return { about: 'model' };
  if (has(ACCOUNT_CODES) || ACCOUNT_REFUSED.test(message)) return { about: 'account' };
  return has(FAULT_CODES) ? { about: 'fault' } : undefined;
}

/** True where the input alone may fit: a shorter output, or another minute, would do. */
function fits(message: string): boolean {
  const [, limit, input] = INPUT_OF_LIMIT.exec(message) ?? [];
  return WITH_OUTPUT.test(message) && !(Number(input) > Number(limit));
}
