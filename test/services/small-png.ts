import assert from 'node:assert/strict';
import { crc32, deflateSync, inflateSync } from 'node:zlib';

/**
 * The same picture with at most 256 colours, a third as large: pages of text have few. Takes what Chromium makes, three
 * bytes a pixel; rarer colours become the nearest that is kept.
 */
export function smallPng(png: Buffer): Buffer {
  const parts = chunksOf(png);
  const header = parts.find(({ type }) => type === 'IHDR')?.data ?? assert.fail('no PNG');
  assert.deepEqual([...header.subarray(8)], [8, 2, 0, 0, 0], 'not three bytes a pixel');
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const packed = parts.filter(({ type }) => type === 'IDAT').map(({ data }) => data);
  const pixels = unfiltered(inflateSync(Buffer.concat(packed)), width * 3, height);
  const { palette, indexes } = indexed(pixels);
  const rows = Array.from({ length: height }, (_, y) => [Buffer.of(0), indexes.subarray(y * width, (y + 1) * width)]);
  return Buffer.concat([
    png.subarray(0, 8),
    chunk('IHDR', Buffer.concat([header.subarray(0, 8), Buffer.of(8, 3, 0, 0, 0)])),
    chunk('PLTE', palette),
    chunk('IDAT', deflateSync(Buffer.concat(rows.flat()), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunksOf(png: Buffer): readonly { readonly type: string; readonly data: Buffer }[] {
  const chunks: { readonly type: string; readonly data: Buffer }[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    chunks.push({ type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) });
    at += length + 12;
  }
  return chunks;
}

/** PNG, 9.2: each byte is told by its difference to those before it. */
function unfiltered(raw: Buffer, stride: number, height: number): Buffer {
  const pixels = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x += 1) {
      const at = y * stride + x;
      const left = x < 3 ? 0 : (pixels[at - 3] ?? 0);
      const above = y === 0 ? 0 : (pixels[at - stride] ?? 0);
      const corner = x < 3 || y === 0 ? 0 : (pixels[at - stride - 3] ?? 0);
      const expected = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter ?? 0] ?? 0;
      pixels[at] = (raw[y * (stride + 1) + 1 + x] ?? 0) + expected;
    }
  }
  return pixels;
}

function paeth(left: number, above: number, corner: number): number {
  const distances = [left, above, corner].map((one) => Math.abs(left + above - corner - one));
  const [toLeft = 0, toAbove = 0, toCorner = 0] = distances;
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

function indexed(pixels: Buffer): { readonly palette: Buffer; readonly indexes: Buffer } {
  const counts = new Map<number, number>();
  for (let at = 0; at < pixels.length; at += 3) {
    const colour = pixels.readUIntBE(at, 3);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const byCount = [...counts].sort(([, a], [, b]) => b - a).map(([colour]) => colour);
  const kept = byCount.slice(0, 256);
  const places = new Map(byCount.map((colour) => [colour, nearest(colour, kept)]));
  const indexes = Buffer.alloc(pixels.length / 3);
  for (let at = 0; at < indexes.length; at += 1) indexes[at] = places.get(pixels.readUIntBE(at * 3, 3)) ?? 0;
  return { palette: Buffer.from(kept.flatMap(bytesOf)), indexes };
}

const bytesOf = (colour: number) => [colour >> 16, (colour >> 8) & 255, colour & 255];

function nearest(colour: number, kept: readonly number[]): number {
  const wanted = bytesOf(colour);
  const distances = kept.map((one) =>
    bytesOf(one).reduce((sum, value, at) => sum + (value - (wanted[at] ?? 0)) ** 2, 0),
  );
  return distances.indexOf(Math.min(...distances));
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
