import type { ImageVersion } from '../events.ts';
import type { ItemImage, Links } from './report.ts';

/** Where to read more, from what images say of themselves. Nothing is asked, so a link may lead to nothing. */
export function linksOf(from: ImageVersion | null, to: ImageVersion | null, image: ItemImage): Links {
  const said = to ?? from;
  const source = repositoryUrl(said?.source);
  const forge = source === null ? undefined : forgeOf(source);
  const url = webUrl(said?.url);
  const compare = source === null || forge === undefined ? null : compareUrl({ from, to, source, forge, image });
  const release = source !== null && forge?.releases !== undefined ? source + forge.releases : url;
  const changelog = url !== null && /change|release/i.test(url) ? url : null;
  return {
    source,
    release,
    compare,
    changelog,
    registry: registryUrl(image),
    docs: webUrl(said?.documentation),
    changes: compare ?? changelog ?? release,
  };
}

const longest = 1000;

/** The address as a browser takes it, without credentials; null for what is no address of a page. */
function webUrl(text: string | null | undefined): string | null {
  if (!text || text.length > longest || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  url.username = '';
  url.password = '';
  // What a URL leaves as it is, but ends a link in one markup or another.
  const href = url.href.replace(/['()*|`\\]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return href.length > longest ? null : href;
}

/** A repository's own page, however its address is written: for git, with `.git`, or with a folder in it. */
function repositoryUrl(text: string | null | undefined): string | null {
  const written = (text ?? '').trim().replace(/^git\+/, '');
  const scp = /^[\w.-]+@([\w.-]+):(?!\/)(.+)$/.exec(written);
  const address = scp === null ? written.replace(/^(?:ssh|git):\/\//, 'https://') : `https://${scp[1]}/${scp[2]}`;
  const url = webUrl(address);
  if (url === null) return null;
  const { protocol, host, pathname } = new URL(url);
  const path = pathname
    .replace(/\/(?:-\/)?(?:tree|blob|src|raw|releases|tags|commits?)\/.*$/, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
  return `${protocol}//${host}${path}`;
}

interface Forge {
  readonly compare: (from: string, to: string) => string;
  readonly releases?: string;
}

const likeGitHub: Forge = { compare: (from, to) => `/compare/${from}...${to}`, releases: '/releases' };
const forges: readonly (readonly [RegExp, Forge])[] = [
  [/^(?:github\.|www\.github\.com$|codeberg\.org$|gitea\.|forgejo\.)|\.gitea\.io$/, likeGitHub],
  [/^gitlab\./, { compare: (from, to) => `/-/compare/${from}...${to}`, releases: '/-/releases' }],
  [/^bitbucket\./, { compare: (from, to) => `/branches/compare/${to}..${from}` }],
];

function forgeOf(source: string): Forge | undefined {
  const { hostname, pathname } = new URL(source);
  if (pathname.split('/').filter(Boolean).length < 2) return undefined;
  return forges.find(([host]) => host.test(hostname))?.[1];
}

interface Comparing {
  readonly from: ImageVersion | null;
  readonly to: ImageVersion | null;
  readonly source: string;
  readonly forge: Forge;
  readonly image: ItemImage;
}

/** Exact where both images name their commit in the same repository; else by tags, where a version is the image's tag. */
function compareUrl({ from, to, source, forge, image }: Comparing): string | null {
  if (from === null || to === null || repositoryUrl(from.source) !== source) return null;
  const isCommit = (text: string | null): text is string => text !== null && /^[0-9a-f]{7,64}$/i.test(text);
  const { revision: a } = from;
  const { revision: b } = to;
  if (isCommit(a) && isCommit(b)) return a === b ? null : source + forge.compare(a, b);
  const isTag = (text: string | null): text is string => text !== null && /^\w[\w.+-]{0,100}$/.test(text);
  const { version: before } = from;
  const { version: after } = to;
  if (!isTag(before) || !isTag(after) || before === after) return null;
  return image.tag === before || image.tag === after ? source + forge.compare(before, after) : null;
}

function registryUrl({ registry, repository }: ItemImage): string | null {
  if (repository === null || !/^[\w./-]+$/.test(repository)) return null;
  if (registry === 'ghcr.io') return `https://ghcr.io/${repository}`;
  if (registry === 'quay.io') return `https://quay.io/repository/${repository}`;
  if (registry !== 'docker.io') return null;
  const official = /^(?:library\/)?([^/]+)$/.exec(repository);
  return `https://hub.docker.com/${official === null ? `r/${repository}` : `_/${official[1]}`}`;
}
