import type { IncomingMessage } from 'node:http';
import { buffer, text } from 'node:stream/consumers';
import Docker from 'dockerode';
import type { EngineSettings } from '../../config/settings.ts';
import { AppError } from '../../errors/app-error.ts';
import { type Address, engineAddress } from './address.ts';
import { connectionError, statusError } from './failures.ts';

/** One request to the engine. `path` carries no API version; `deadline` is in milliseconds. */
export interface Call {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: object;
  /** Sent instead of a body. */
  readonly archive?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly deadline: number;
  readonly signal?: AbortSignal | undefined;
}

/** A call once the API version is agreed on: its JSON, within two minutes unless it states a deadline. */
export type Ask = (call: Omit<Call, 'deadline'> & { readonly deadline?: number }) => Promise<unknown>;

/** Speaks HTTP to the engine through dockerode's transport; every failure is an AppError. */
export interface Caller {
  /** The prefix such as `/v1.41`; empty asks for the engine's own default version. */
  version: string;
  /** Resolves with what `read` makes of a successful answer; the deadline holds for both. */
  request<Result>(call: Call, read: (response: IncomingMessage) => Promise<Result>): Promise<Result>;
  /** The answer's JSON, or null where it has no body. */
  json(call: Call): Promise<unknown>;
}

// dockerode's own methods leave a promise hanging for ever when an answer breaks off in its middle, and hide the
// headers; so its transport hands over each raw answer, and this file reads it.
const anyStatus: Record<number, boolean> = new Proxy({}, { get: () => true });

export function createCaller(settings: EngineSettings): Caller {
  const docker = connect(settings.host, engineAddress(settings));

  const dial = (call: Call, signal: AbortSignal): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const options = {
        path: `${caller.version}${call.path}?`,
        method: call.method,
        options: { _query: call.query ?? {}, _body: call.body ?? {} },
        headers: { ...call.headers },
        ...(call.archive === undefined ? {} : { file: call.archive }),
        isStream: true,
        abortSignal: signal,
        statusCodes: anyStatus,
      };
      docker.modem.dial(options, (error: unknown, response: unknown) =>
        error ? reject(error) : resolve(response as IncomingMessage),
      );
    });

  const caller: Caller = {
    version: '',
    async request(call, read) {
      const abort = new AbortController();
      const expire = () => abort.abort(timeout(call));
      const stop = () => abort.abort(new AppError('STOPPED_BY_SIGNAL', `${call.method} ${call.path} was stopped`));
      const timer = setTimeout(expire, call.deadline);
      if (call.signal?.aborted) stop();
      call.signal?.addEventListener('abort', stop, { once: true });
      try {
        const result = await readWith(await dial(call, abort.signal), async (response) => {
          const status = response.statusCode ?? 0;
          if (status >= 400) throw statusError(call, status, await text(response));
          return await read(response);
        });
        // An answer without a length seems to have ended where it was broken off.
        if (abort.signal.aborted) throw abort.signal.reason;
        return result;
      } catch (error) {
        if (abort.signal.aborted) throw abort.signal.reason;
        throw error instanceof AppError ? error : connectionError(call, settings.host, error);
      } finally {
        clearTimeout(timer);
        call.signal?.removeEventListener('abort', stop);
      }
    },
    json: (call) =>
      caller.request(call, async (response) => {
        const body = await buffer(response);
        return noJson.test(body.toString('latin1')) ? null : parse(call, body);
      }),
  };
  return caller;
}

/** What is left unread, be it nothing, would keep the connection and with it the process. */
async function readWith<Result>(
  response: IncomingMessage,
  read: (response: IncomingMessage) => Promise<Result>,
): Promise<Result> {
  try {
    return await read(response);
  } finally {
    response.resume();
  }
}

function connect(host: string, address: Address): Docker {
  const unset = { socketPath: undefined, host: undefined, protocol: 'http', ca: undefined, cert: undefined };
  try {
    // dockerode reads DOCKER_* itself: every option it might take from there is given.
    return new Docker({ ...unset, key: undefined, ...address } as object);
  } catch (cause) {
    throw new AppError('ENGINE_HOST_INVALID', `"${host}" cannot be used as the engine's address`, { cause });
  }
}

function parse(call: Call, body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new AppError('ENGINE_ANSWER_INVALID', `${call.method} ${call.path} was not answered with JSON`, { cause });
  }
}

/** Where Docker answers without a body, Podman may say a line break or “OK”. */
const noJson = /^\s*(?:OK\s*)?$/;

function timeout(call: Call): AppError {
  return new AppError('ENGINE_TIMEOUT', `${call.method} ${call.path} took longer than ${call.deadline / 1000} s`);
}
