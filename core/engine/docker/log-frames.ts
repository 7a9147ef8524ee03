const headerLength = 8;

/**
 * The text in a log answer of the engine: its frames of 8 bytes of header and a payload, or, for a container with a
 * terminal, the plain bytes. https://docs.docker.com/reference/api/engine/ “Stream format”
 */
export function logText(bytes: Buffer): string {
  return logBytes(bytes).toString('utf8');
}

/** The same before it is read as text. */
export function logBytes(bytes: Buffer): Buffer {
  if (!isFramed(bytes)) return bytes;
  const payloads: Buffer[] = [];
  for (let at = 0; at + headerLength <= bytes.length; ) {
    const length = bytes.readUInt32BE(at + 4);
    payloads.push(bytes.subarray(at + headerLength, at + headerLength + length));
    at += headerLength + length;
  }
  return Buffer.concat(payloads);
}

/** The end of a log answer, from a frame's beginning: at most `limit` bytes and one unfinished frame. */
export function newestFrames(bytes: Buffer, limit: number): Buffer {
  if (bytes.length <= limit) return bytes;
  if (!isFramed(bytes)) return bytes.subarray(-limit);
  let at = 0;
  while (bytes.length - at > limit && at + headerLength <= bytes.length) {
    const next = at + headerLength + bytes.readUInt32BE(at + 4);
    if (next > bytes.length) break;
    at = next;
  }
  return bytes.subarray(at);
}

/** The last lines of a log, without empty ones at the end. */
export function lastLines(text: string, count: number): readonly string[] {
  return text
    .replaceAll('\r', '')
    .trimEnd()
    .split('\n')
    .slice(-count)
    .filter((line) => line !== '');
}

// Below API 1.42 no header says which of the two it is; a terminal never begins with these bytes.
function isFramed(bytes: Buffer): boolean {
  return bytes.length >= headerLength && bytes.readUInt8(0) <= 2 && bytes.readUIntBE(1, 3) === 0;
}
