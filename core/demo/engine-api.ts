import { AppError } from '../errors/app-error.ts';
import { type Address, type Answer, exchange } from './exchange.ts';

/** An engine's HTTP API, plainly: what the demo and the tests need to set a stage. */
export interface EngineApi {
  /** Whether the engine answers within `deadline` milliseconds. */
  answers(deadline: number): Promise<boolean>;
  /** The whole answer, whatever its status; a body goes as JSON. */
  ask(method: string, path: string, body?: unknown): Promise<Answer>;
  /** The JSON of a successful answer (undefined where it is empty); any other is `DEMO_PART_FAILED` with the engine's own words. */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** Pulls `name:tag`; resolves when the engine has it. */
  pull(reference: string): Promise<void>;
}

export function engineApi(host: string): EngineApi {
  const address = addressOf(host);

  function ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const json =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    return exchange(address, { method, path, deadline: 180_000, ...json });
  }

  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    let answer = await ask(method, path, body);
    for (let attempt = 1; attempt < 5 && losesSight(method, path, answer); attempt += 1)
      answer = await ask(method, path);
    if (answer.status >= 400) throw refusal(`${method} ${path}`, answer);
    const text = answer.body.toString().trim();
    return (text === '' || text === 'OK' ? undefined : JSON.parse(text)) as T;
  }

  return {
    ask,
    call,
    answers: (deadline) =>
      exchange(address, { method: 'GET', path: '/_ping', deadline }).then(
        (answer) => answer.status === 200,
        () => false,
      ),
    pull: async (reference) => {
      const colon = reference.lastIndexOf(':');
      const query = new URLSearchParams({ fromImage: reference.slice(0, colon), tag: reference.slice(colon + 1) });
      const answer = await ask('POST', `/images/create?${query}`);
      if (answer.status >= 400) throw refusal(`pull of ${reference}`, answer);
      // The engine reports a failed pull inside a stream that it began with 200.
      const failed = answer.body.toString().match(/"error":"(.*?)"/);
      if (failed !== null) throw new AppError('DEMO_PART_FAILED', `pull of ${reference}: ${failed[1]}`);
    },
  };
}

/** Podman fails to show images, and containerd's store to list them, while somebody else's are removed. */
function losesSight(method: string, path: string, { status }: Answer): boolean {
  if (method !== 'GET' || !path.startsWith('/images/')) return false;
  return status === 500 || (status === 404 && path.startsWith('/images/json'));
}

function addressOf(host: string): Address {
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) };
  if (host.startsWith('tcp://') && URL.canParse(host)) {
    const url = new URL(host);
    return { host: url.hostname, port: Number(url.port || 2375) };
  }
  throw new AppError('ENGINE_HOST_INVALID', `${host} is neither a unix:// nor a tcp:// address`);
}

function refusal(what: string, answer: Answer): AppError {
  return new AppError('DEMO_PART_FAILED', `${what}: ${answer.status} ${answer.body.toString().trim()}`);
}
