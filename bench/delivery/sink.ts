import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { VirtualClock } from './virtual-clock.ts';

/** A service as bad as they come: it takes one message a second, and treats others as chance will have it. */
export interface Sink {
  readonly port: number;
  /** How often each message was taken, by id. */
  readonly taken: ReadonlyMap<string, number>;
  /** Messages that were taken although the answer said otherwise, or never came. */
  readonly ambiguous: number;
  readonly requests: number;
  readonly requestsInOutage: number;
  /** The last message that was taken and answered properly. */
  readonly lastTaken: string | undefined;
  /** Called after each request has come, before it is answered, and again after its answer. */
  onRequest: (moment: 'before' | 'after') => void;
  close(): Promise<void>;
}

export interface SinkOptions {
  readonly clock: VirtualClock;
  /** The share of requests that go wrong. */
  readonly faults: number;
  /** Seconds since the beginning. */
  readonly outage: { readonly from: number; readonly to: number } | null;
  readonly seed: number;
  /** Whether some answers take longer than a client waits. */
  readonly slow: boolean;
}

type Wrong = (id: string, response: ServerResponse) => void;

const burst = 5;
/** In seconds: longer than the client waits. */
const slowness = 20;

export async function openSink({ clock, faults, outage, seed, slow }: SinkOptions): Promise<Sink> {
  const random = seeded(seed);
  const taken = new Map<string, number>();
  const state = { ambiguous: 0, requests: 0, requestsInOutage: 0, lastTaken: undefined as string | undefined };
  let tokens = burst;
  let filledAt = clock.seconds();

  const take = (id: string) => taken.set(id, (taken.get(id) ?? 0) + 1);
  const takeDubiously = (id: string) => {
    take(id);
    state.ambiguous += 1;
  };

  function allowed(): boolean {
    const time = clock.seconds();
    tokens = Math.min(burst, tokens + time - filledAt);
    filledAt = time;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  }

  const later = (act: () => void) => setTimeout(act, clock.real(slowness * 1000)).unref();
  const slowWrongs: readonly Wrong[] = [
    (id, response) => {
      takeDubiously(id);
      later(() => answer(response, 200));
    },
    (_, response) => later(() => answer(response, 504)),
  ];
  const wrongs: readonly Wrong[] = [
    (_, response) => answer(response, 500),
    (_, response) => answer(response, 503, { 'retry-after': '5' }),
    (_, response) => response.destroy(),
    (id, response) => {
      takeDubiously(id);
      response.destroy();
    },
    ...(slow ? slowWrongs : []),
  ];
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    state.requests += 1;
    const time = clock.seconds();
    if (outage !== null && time >= outage.from && time < outage.to) {
      state.requestsInOutage += 1;
      response.destroy();
      return;
    }
    const body = (await json(request).catch(() => undefined)) as { readonly id: string } | undefined;
    if (body === undefined) return;
    if (!allowed()) return answer(response, 429, { 'retry-after': '1' });
    if (random() < faults) return wrongs[Math.floor(random() * wrongs.length)]?.(body.id, response);
    sink.onRequest('before');
    take(body.id);
    state.lastTaken = body.id;
    response.on('finish', () => sink.onRequest('after'));
    answer(response, 200);
  }

  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sink: Sink = {
    port: (server.address() as AddressInfo).port,
    taken,
    get ambiguous() {
      return state.ambiguous;
    },
    get requests() {
      return state.requests;
    },
    get requestsInOutage() {
      return state.requestsInOutage;
    },
    get lastTaken() {
      return state.lastTaken;
    },
    onRequest: () => {},
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return sink;
}

function answer(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  if (!response.destroyed) response.writeHead(status, headers).end();
}

/** The same numbers for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
