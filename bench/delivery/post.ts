import { request } from 'node:http';
import { classifyHttp } from '../../core/notifier/classify-http.ts';
import type { DeliveryAnswer } from '../../core/plugin.ts';
import type { VirtualClock } from './virtual-clock.ts';

const timeout = 15_000;

/** One attempt at the sink, which waits 15 s of the clock for the answer, and at least so many real milliseconds. */
export function post(port: number, id: string, clock: VirtualClock, leastTimeout = 0): Promise<DeliveryAnswer> {
  return new Promise((resolve) => {
    const failed = (error: Error) => resolve(classifyHttp(error));
    const call = request({ port, host: '127.0.0.1', method: 'POST', agent: false }, (response) => {
      response.resume();
      response.on('error', failed);
      response.on('end', () => {
        clearTimeout(timer);
        const headers = Object.fromEntries(
          Object.entries(response.headers).map(([key, value]) => [key, String(value)]),
        );
        resolve(classifyHttp({ status: response.statusCode ?? 0, headers, body: '' }, clock.now()));
      });
    });
    const timer = setTimeout(
      () => call.destroy(new Error('no answer within 15 s')),
      Math.max(clock.real(timeout), leastTimeout),
    );
    call.on('error', (error) => {
      clearTimeout(timer);
      failed(error);
    });
    call.end(JSON.stringify({ id }));
  });
}
