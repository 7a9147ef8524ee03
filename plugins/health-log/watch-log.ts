import { type Attempt, type GuardedPattern, healthy, unhealthy } from 'belfry/plugin';

export interface Lines {
  readonly line?: GuardedPattern | undefined;
  readonly notLine?: GuardedPattern | undefined;
  /** Milliseconds. */
  readonly watch?: number | undefined;
}

interface Log {
  /** Its last lines. */
  readonly read: () => Promise<readonly string[]>;
  /** How long at least it is watched for what must not be there, in milliseconds. */
  readonly watch: number;
}

/** Healthy once the wanted line was there, and the unwanted one has not come for as long as it is watched for. */
export function watchLog({ line, notLine }: Lines, { read, watch }: Log): Attempt {
  let isWanted = line === undefined;
  return async ({ elapsed }) => {
    const lines = await read().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
    if (typeof lines === 'string') return `its log cannot be read: ${lines}`;
    const unwanted = notLine?.find(lines);
    if (unwanted !== undefined) return unhealthy(`its log says: ${unwanted.slice(0, 200)}`);
    isWanted ||= line?.find(lines) !== undefined;
    if (!isWanted) return `no line of its log matches ${line?.source}`;
    return notLine === undefined || elapsed >= watch ? healthy() : 'its log is still watched';
  };
}
