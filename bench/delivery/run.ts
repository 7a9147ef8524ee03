import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readJournal } from '../../core/journal/read-journal.ts';
import { openSink, type SinkOptions } from './sink.ts';
import type { Strategy } from './strategies.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

export interface Trial extends Omit<SinkOptions, 'clock'> {
  readonly messages: number;
  /** How many times faster than the real clock. */
  readonly scale: number;
  readonly kills: number;
  /** Real milliseconds that a client waits at least, for machines that are busy. */
  readonly leastTimeout?: number;
}

export interface Result {
  readonly lost: number;
  readonly duplicates: number;
  /** Answers that said nothing of whether the message was taken, although it was. */
  readonly ambiguous: number;
  /** Kills after a message was taken and before that was written down. */
  readonly killsInFlight: number;
  readonly requests: number;
  readonly requestsInOutage: number;
  /** Of the sink's clock. */
  readonly seconds: number;
}

const child = fileURLToPath(new URL('child.ts', import.meta.url));

/** Belfry's own delivery, in a process that is killed again and again. */
export async function runBelfry(trial: Trial): Promise<Result> {
  const { messages, kills } = trial;
  const folder = mkdtempSync(join(tmpdir(), 'belfry-bench-'));
  const clock = virtualClock(trial.scale);
  const sink = await openSink({ ...trial, clock });
  let killsInFlight = 0;
  try {
    for (let killed = 0; ; killed += 1) {
      const running = start(folder, { port: sink.port, clock, ...trial });
      // Half of the kills come before the answer, half after it.
      const strike = ((killed + 1) * messages) / (kills + 1);
      const moment = killed % 2 === 0 ? 'before' : 'after';
      if (killed < kills) {
        sink.onRequest = (now) => {
          if (now === moment && sink.taken.size >= strike - 1) running.kill('SIGKILL');
        };
      } else sink.onRequest = () => {};
      const [code] = await once(running, 'exit');
      if (code !== null) {
        if (code !== 0) throw new Error(`the delivery ended with ${code}`);
        break;
      }
      if (await isUnrecorded(folder, sink.lastTaken)) killsInFlight += 1;
    }
    return { ...resultOf(sink, messages, clock), killsInFlight };
  } finally {
    await sink.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** All messages at once, each by itself, in this process and without kills. */
export async function runStrategy(strategy: Strategy, trial: Omit<Trial, 'kills'>): Promise<Result> {
  const clock = virtualClock(trial.scale);
  const sink = await openSink({ ...trial, clock });
  const ids = Array.from({ length: trial.messages }, (_, number) => `msg_${number}`);
  await Promise.all(ids.map((id) => strategy(sink.port, id, clock)));
  await sink.close();
  return { ...resultOf(sink, trial.messages, clock), killsInFlight: 0 };
}

type Running = Pick<Trial, 'messages' | 'leastTimeout'> & { readonly port: number; readonly clock: VirtualClock };

function start(folder: string, { port, clock, messages, leastTimeout = 0 }: Running) {
  const given = [folder, port, clock.scale, clock.epoch, messages, leastTimeout].map(String);
  return spawn(process.execPath, ['--import', 'tsx', child, ...given], { stdio: ['ignore', 'inherit', 'inherit'] });
}

async function isUnrecorded(folder: string, message: string | undefined): Promise<boolean> {
  if (message === undefined) return false;
  const journal = await readJournal(folder);
  for await (const record of journal.read(0)) {
    if (record.kind === 'delivery' && record.message === message) return false;
  }
  return true;
}

type Counted = Pick<Awaited<ReturnType<typeof openSink>>, 'taken' | 'ambiguous' | 'requests' | 'requestsInOutage'>;

function resultOf({ taken, ambiguous, requests, requestsInOutage }: Counted, messages: number, clock: VirtualClock) {
  const duplicates = [...taken.values()].reduce((sum, count) => sum + count - 1, 0);
  const seconds = Math.round(clock.seconds());
  return { lost: messages - taken.size, duplicates, ambiguous, requests, requestsInOutage, seconds };
}
