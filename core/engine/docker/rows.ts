import { AppError } from '../../errors/app-error.ts';

/**
 * What `read` makes of each object in a JSON array, taken one by one as the bytes arrive: a list of a thousand
 * containers is never in memory as a whole. Throws ENGINE_ANSWER_INVALID for anything but an array.
 */
export async function readRows<Result>(
  chunks: AsyncIterable<Buffer>,
  read: (row: unknown) => Result,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  let pieces: Buffer[] = [];
  const scan = createScan();
  for await (const chunk of chunks) {
    let begin = 0;
    for (let end = scan.rowEnd(chunk, begin); end !== -1; end = scan.rowEnd(chunk, begin)) {
      results.push(read(parse(Buffer.concat([...pieces, chunk.subarray(begin, end)]))));
      pieces = [];
      begin = end;
    }
    if (begin < chunk.length) pieces.push(chunk.subarray(begin));
  }
  // What is left is the array's own end, or all of an answer that is none.
  const rest = Buffer.concat(pieces).toString('utf8').trim();
  if (results.length > 0 ? rest !== ']' : !/^\[\s*\]$/.test(rest)) throw invalid();
  return results;
}

const [quote, backslash, openList, closeList, openObject, closeObject] = Buffer.from('"\\[]{}');

/** Finds where the rows end; it remembers between chunks whether it is in a string, and how deep. */
function createScan() {
  let depth = 0;
  let inString = false;
  let escaped = false;
  return {
    /** The offset behind the next row that ends at or after `from`; -1 where none does in this chunk. */
    rowEnd(chunk: Buffer, from: number): number {
      for (let at = from; at < chunk.length; at += 1) {
        const byte = chunk[at];
        if (inString) {
          if (escaped) escaped = false;
          else if (byte === backslash) escaped = true;
          else if (byte === quote) inString = false;
        } else if (byte === quote) inString = true;
        else if (byte === openList || byte === openObject) depth += 1;
        else if (byte === closeList || byte === closeObject) {
          depth -= 1;
          if (depth === 1) return at + 1;
        }
      }
      return -1;
    },
  };
}

/** A row still begins with what stands between it and the one before. */
function parse(bytes: Buffer): unknown {
  const start = bytes.indexOf('{');
  const before = bytes.subarray(0, start).toString('utf8').trim();
  try {
    if (start === -1 || (before !== '[' && before !== ',')) throw invalid();
    return JSON.parse(bytes.toString('utf8', start));
  } catch (cause) {
    throw cause instanceof AppError ? cause : invalid(cause);
  }
}

function invalid(cause?: unknown): AppError {
  return new AppError('ENGINE_ANSWER_INVALID', 'the engine’s answer is not a list of objects', { cause });
}
