/** The sources of a text of a reply. Both APIs of OpenAI cite web pages; chat completions nest each citation in an object. */
import type { ContentPart, Own } from '../neutral/conversation.ts';
import type { JsonObject, JsonValue } from '../neutral/json-text.ts';
import { isList, isObject, numberOf } from '../neutral/json-values.ts';

const REASON = 'where a text came from';
const PAGE = 'url_citation';

/** The annotations that a part keeps, in the format of responses: pages for both APIs, all others only for their own API. */
export function annotationsOwn(annotations: JsonValue | undefined): readonly Own[] {
  const given = isList(annotations) ? annotations : [];
  const pages = given.filter(isPage);
  const others = given.filter(each => !isPage(each));
  const own = { path: 'annotations', mark: 'preference', reason: REASON } as const;
  return [
    ...(pages.length === 0 ? [] : [{ ...own, value: pages, vendor: 'openai' } as const]),
    ...(others.length === 0 ? [] : [{ ...own, value: others }]),
  ];
}

/** The pages of a part, in the format of responses. */
export function pagesOf({ own }: Pick<ContentPart, 'own'>): readonly JsonObject[] {
  const found = own?.find(({ path, vendor }) => path === 'annotations' && vendor !== undefined)?.value;
  return isList(found) ? found.filter(isPage) : [];
}

/** The annotations of a chat completion in the format of responses. @param start where its part begins in the whole text */
export function flatAnnotations(annotations: readonly JsonValue[], start: number): readonly JsonValue[] {
  return annotations.map(each => {
    const page = isObject(each) ? each[PAGE] : undefined;
    return isObject(page) ? { type: PAGE, ...moved(page, -start) } : each;
  });
}

/** Pages in the format of chat completions. @param start where their part begins in the whole text */
export function nestedPages(pages: readonly JsonObject[], start: number): readonly JsonObject[] {
  return pages.map(({ type, ...page }) => ({ type, [PAGE]: moved(page, start) }));
}

function isPage(value: JsonValue): value is JsonObject {
  return isObject(value) && value.type === PAGE;
}

function moved(page: JsonObject, by: number): JsonObject {
  const start = numberOf(page.start_index);
  const end = numberOf(page.end_index);
  return {
    ...page,
    ...(start !== undefined && { start_index: start + by }),
    ...(end !== undefined && { end_index: end + by }),
  };
}
