import { AppError } from '../errors/app-error.ts';
import type { Auth } from './auth.ts';
import { statusFailure } from './failures.ts';
import type { Answer } from './http.ts';
import { isRecord, parseJson } from './json.ts';
import type { Reference } from './port.ts';
import { isTag, registryHost, repositoryName } from './reference.ts';

const pageSize = 1000;
const maxBytes = 4 * 1024 * 1024;
/** Some registries hand out a hundred at a time, whatever they are asked for. */
const mostPages = 100;
const mostTags = 20_000;

/**
 * All tags of a repository that an engine would take for one, page by page. Throws REGISTRY_TAGS_TOO_MANY where there is no
 * end to them: of a part of them nobody could say which is the newest.
 */
export async function listTags(auth: Auth, reference: Reference): Promise<readonly string[]> {
  const { registry, repository } = reference;
  const subject = `the tags of ${repositoryName(reference)}`;
  const host = registryHost(registry);
  const path = `/v2/${repository}/tags/list`;
  const tags: string[] = [];
  let query: string | undefined = `?n=${pageSize}`;
  for (let page = 0; query !== undefined; page += 1) {
    if (page === mostPages || tags.length > mostTags) throw tooMany(subject);
    const request = { method: 'GET', headers: { accept: 'application/json' }, maxBytes } as const;
    const answer = await auth.ask({ host, repository, path: path + query, request, subject });
    if (answer.status !== 200) throw statusFailure(answer, subject);
    const found = readPage(answer, subject);
    for (const tag of found) if (isTag(tag)) tags.push(tag);
    query = found.length === 0 ? undefined : nextQuery(answer, subject);
  }
  return tags;
}

function readPage({ body, url }: Answer, subject: string): readonly string[] {
  const json = parseJson(body);
  // Null where the last tag was removed.
  const tags = isRecord(json) ? (json.tags ?? []) : undefined;
  if (Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')) return tags;
  throw new AppError('REGISTRY_ANSWER_INVALID', `${subject}: ${url.host} answers without a list of tags.`);
}

/** Of the page that `Link: <…>; rel="next"` leads to. The rest of the address may be one from behind a proxy. */
function nextQuery({ headers, url }: Answer, subject: string): string | undefined {
  const links = [headers.link ?? []].flat().join(',');
  const [, target] = /<([^<>]*)>\s*;[^<]*\brel="?next\b/i.exec(links) ?? [];
  if (target === undefined) return undefined;
  const query = URL.canParse(target, url.href) ? new URL(target, url).search : '';
  if (query !== '') return query;
  throw new AppError('REGISTRY_ANSWER_INVALID', `${subject}: ${url.host} names a next page that is none.`);
}

function tooMany(subject: string): AppError {
  return new AppError(
    'REGISTRY_TAGS_TOO_MANY',
    `${subject} are more than ${mostTags}, or on more than ${mostPages} pages.`,
  );
}
