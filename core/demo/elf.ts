const machines: Readonly<Record<number, string>> = { 62: 'amd64', 183: 'arm64' };
const interpreterSegment = 3;

/** What a Linux program says of itself (ELF, 64 bit, little-endian); undefined where it is none. */
export function readProgram(file: Buffer): { readonly static: boolean; readonly architecture: string } | undefined {
  const isElf = file.length > 64 && file.readUInt32BE(0) === 0x7f454c46 && file[4] === 2 && file[5] === 1;
  const architecture = isElf ? machines[file.readUInt16LE(18)] : undefined;
  if (architecture === undefined) return undefined;
  const start = Number(file.readBigUInt64LE(32));
  const size = file.readUInt16LE(54);
  const segments = Array.from({ length: file.readUInt16LE(56) }, (_, index) => file.readUInt32LE(start + index * size));
  return { static: !segments.includes(interpreterSegment), architecture };
}
