/** Files by absolute path; a bare string is a file's content. Parent folders need not be named. */
export interface Tree {
  readonly [path: string]: string | Entry;
}

type Entry =
  | { readonly content: string | Buffer; readonly mode?: number }
  | { readonly link: string }
  | { readonly folder: true; readonly mode?: number };

const block = 512;
const types = { file: '0', link: '2', folder: '5' } as const;

/** A ustar archive of the tree, the same bytes for the same tree. */
export function packTree(tree: Tree): Buffer {
  const parts = Object.entries(withParents(tree)).flatMap(([path, given]) => {
    const entry = typeof given === 'string' ? { content: given } : given;
    const name = path.slice(1);
    if ('link' in entry) return [header({ name, type: types.link, link: entry.link, mode: 0o777, size: 0 })];
    if ('folder' in entry)
      return [header({ name: `${name}/`, type: types.folder, mode: entry.mode ?? 0o755, size: 0 })];
    const content = Buffer.from(entry.content);
    const padding = Buffer.alloc((block - (content.length % block)) % block);
    return [header({ name, type: types.file, mode: entry.mode ?? 0o644, size: content.length }), content, padding];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

/** The content of the first entry of an archive that holds one plain file. */
export function unpackFirst(archive: Buffer): Buffer {
  const size = Number.parseInt(archive.toString('latin1', 124, 136), 8);
  return archive.subarray(block, block + size);
}

interface Header {
  readonly name: string;
  readonly type: string;
  readonly mode: number;
  readonly size: number;
  readonly link?: string;
}

/** Numbers are octal and end in a zero byte; owner, group and time are left at zero. */
function header({ name, type, mode, size, link = '' }: Header): Buffer {
  if (Buffer.byteLength(name) > 100 || Buffer.byteLength(link) > 100) throw new RangeError(`path too long: ${name}`);
  const bytes = Buffer.alloc(block);
  const octal = (value: number, width: number) => value.toString(8).padStart(width, '0');
  bytes.write(name, 0);
  bytes.write(octal(mode, 7), 100);
  bytes.write(octal(0, 7), 108);
  bytes.write(octal(0, 7), 116);
  bytes.write(octal(size, 11), 124);
  bytes.write(octal(0, 11), 136);
  bytes.write(type, 156);
  bytes.write(link, 157);
  bytes.write('ustar\u000000', 257);
  // The sum is taken with its own field filled with spaces.
  bytes.fill(' ', 148, 156);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${octal(sum, 6)}\0 `, 148);
  return bytes;
}

/** Parents first: an engine makes missing ones readable by root alone. */
function withParents(tree: Tree): Tree {
  const parents = Object.keys(tree).flatMap((path) => {
    const steps = path.split('/').slice(1, -1);
    return steps.map((_, index) => `/${steps.slice(0, index + 1).join('/')}`);
  });
  const folders: Tree = Object.fromEntries(parents.map((path) => [path, { folder: true }]));
  const all = Object.entries({ ...folders, ...tree });
  return Object.fromEntries(all.sort(([left], [right]) => (left < right ? -1 : 1)));
}
