/** A frame as the engine sends it: one byte for the stream, three of nothing, four for the length. */
export function frame(payload: string | Buffer, stream: 1 | 2 = 1): Buffer {
  const bytes = Buffer.from(payload);
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}
