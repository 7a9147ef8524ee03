const block = 512;
const time = { at: 136, length: 12 };
const sum = { at: 148, length: 8 };

/** The archive of one file with another time of its last change, in whole seconds. */
export function dated(archive: Buffer, modified: Date): Buffer {
  const copy = Buffer.from(archive);
  for (let at = 0; at + block <= copy.length; ) {
    const header = copy.subarray(at, at + block);
    if (header.every((byte) => byte === 0)) break;
    const size = octal(header, 124, 12);
    stamp(header, Math.floor(modified.getTime() / 1000));
    at += block + Math.ceil(size / block) * block;
  }
  return copy;
}

function stamp(header: Buffer, seconds: number): void {
  header.write(`${seconds.toString(8).padStart(time.length - 1, '0')}\0`, time.at, 'latin1');
  // The sum is taken with its own field filled with spaces.
  header.fill(' ', sum.at, sum.at + sum.length);
  const total = header.reduce((all, byte) => all + byte, 0);
  header.write(`${total.toString(8).padStart(6, '0')}\0 `, sum.at, 'latin1');
}

function octal(header: Buffer, at: number, length: number): number {
  return Number.parseInt(header.toString('latin1', at, at + length), 8) || 0;
}
