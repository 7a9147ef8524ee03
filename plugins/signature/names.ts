/**
 * The names that an image may be meant by, each with and without its tag: as it is written, and in full, so that
 * `nginx` is also `docker.io/library/nginx` and no rule is got round by another spelling.
 */
export function namesOf(reference: string): readonly string[] {
  const [written = ''] = reference.split('@');
  const colon = written.indexOf(':', written.lastIndexOf('/') + 1);
  const [name, tag] = colon === -1 ? [written, ''] : [written.slice(0, colon), written.slice(colon)];
  const [full, short] = spellings(name);
  return [...new Set([written, name, full, full + tag, short, short + tag])];
}

const hubs = ['docker.io', 'index.docker.io', 'registry-1.docker.io'];

/** In full, the host in lower case, and as short as can be. */
function spellings(name: string): readonly [string, string] {
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  const isHost = /[.:A-Z]/.test(first) || first === 'localhost';
  if (isHost && !hubs.includes(first.toLowerCase())) return [first.toLowerCase() + name.slice(slash), name];
  const path = isHost ? name.slice(slash + 1) : name;
  const bare = path.replace(/^library\//, '');
  return [`docker.io/${bare.includes('/') ? bare : `library/${bare}`}`, bare];
}
