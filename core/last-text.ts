/** The last so many bytes as text; a character that the cut goes through is left out. */
export function lastText(bytes: Buffer, limit: number, isCut = bytes.length > limit): string {
  const tail = bytes.subarray(-limit);
  const whole = isCut ? tail.findIndex((byte) => (byte & 0xc0) !== 0x80) : 0;
  return tail.subarray(Math.max(0, whole)).toString('utf8');
}
