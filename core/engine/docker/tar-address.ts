import { AppError } from '../../errors/app-error.ts';

const block = 512;
const fields = {
  name: { at: 0, length: 100 },
  size: { at: 124, length: 12 },
  time: { at: 136, length: 12 },
  sum: { at: 148, length: 8 },
  type: { at: 156, length: 1 },
  prefix: { at: 345, length: 155 },
} as const;

type Field = (typeof fields)[keyof typeof fields];

/** The archive of one file with another path from the root, and another time of its last change in whole seconds. */
export function addressed(
  archive: Buffer,
  { path, modified }: { readonly path: string; readonly modified: Date },
): Buffer {
  const copy = Buffer.from(archive);
  for (let at = 0; at + block <= copy.length; ) {
    const header = copy.subarray(at, at + block);
    if (header.every((byte) => byte === 0)) break;
    const size = Number.parseInt(text(header, fields.size), 8) || 0;
    if (isExtension(header)) refusePath(copy.subarray(at + block, at + block + size));
    else address(header, path, modified);
    at += block + Math.ceil(size / block) * block;
  }
  return copy;
}

function address(header: Buffer, path: string, modified: Date): void {
  const { name, prefix } = splitPath(path.replace(/^\//, ''));
  put(header, fields.name, name);
  put(header, fields.prefix, prefix);
  put(header, fields.time, `${octal(Math.floor(modified.getTime() / 1000), fields.time.length - 1)}\0`);
  // The sum is taken with its own field filled with spaces.
  put(header, fields.sum, ' '.repeat(fields.sum.length));
  const total = header.reduce((all, byte) => all + byte, 0);
  put(header, fields.sum, `${octal(total, 6)}\0 `);
}

/** A path of more than 100 bytes is written in two parts, cut at a slash. */
function splitPath(path: string): { readonly name: string; readonly prefix: string } {
  if (Buffer.byteLength(path) <= fields.name.length) return { name: path, prefix: '' };
  const cuts = [...path.matchAll(/\//g)].map(({ index }) => ({
    prefix: path.slice(0, index),
    name: path.slice(index + 1),
  }));
  const fitting = cuts.find(
    ({ name, prefix }) =>
      Buffer.byteLength(name) <= fields.name.length && Buffer.byteLength(prefix) <= fields.prefix.length,
  );
  if (fitting === undefined) throw tooLong(path);
  return fitting;
}

/** What an extension says of the path would count instead of the header’s. */
function refusePath(records: Buffer): void {
  if (/(^|\n)\d+ path=/.test(records.toString())) throw tooLong('its name');
}

function isExtension(header: Buffer): boolean {
  return 'xgL'.includes(text(header, fields.type));
}

function tooLong(path: string): AppError {
  return new AppError('ENGINE_FAILED', `${path} is too long to be copied`);
}

function text(header: Buffer, { at, length }: Field): string {
  return header.toString('latin1', at, at + length);
}

function put(header: Buffer, { at, length }: Field, value: string): void {
  header.fill(0, at, at + length);
  header.write(value, at, length, 'utf8');
}

function octal(value: number, width: number): string {
  return value.toString(8).padStart(width, '0');
}
