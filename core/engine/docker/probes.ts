import { randomBytes } from 'node:crypto';
import { hasCode } from '../../errors/app-error.ts';
import type { Probe, ProbePurpose } from '../port.ts';
import type { Call, Caller } from './call.ts';

const deadline = 20_000;

/**
 * Every endpoint that serves a purpose, asked about a container, image and network that cannot exist. What an engine
 * answers does not matter; a proxy that refuses the endpoint answers 403 or 405.
 */
export async function probe(caller: Caller, purpose: ProbePurpose = 'replace'): Promise<readonly Probe[]> {
  const absent = `belfry-probe-${randomBytes(8).toString('hex')}`;
  return Promise.all(
    endpoints[purpose](absent).map(async ({ method, path, query = {}, body = {}, ...rest }) => {
      const endpoint = `${method} ${path.replace(absent, '{id}')}`;
      try {
        await caller.json({ method, path, query, body, deadline, ...rest });
        return { endpoint, allowed: true };
      } catch (error) {
        return { endpoint, allowed: !hasCode(error, 'ENGINE_FORBIDDEN') };
      }
    }),
  );
}

type Endpoints = (absent: string) => readonly Pick<Call, 'method' | 'path' | 'query' | 'body' | 'archive'>[];

const endpoints: Readonly<Record<ProbePurpose, Endpoints>> = { replace: toReplace, exec: toExec };

function toExec(absent: string): ReturnType<Endpoints> {
  return [
    { method: 'POST', path: `/containers/${absent}/exec`, body: { Cmd: ['true'] } },
    { method: 'POST', path: `/exec/${absent}/start` },
    { method: 'GET', path: `/exec/${absent}/json` },
  ];
}

function toReplace(absent: string): ReturnType<Endpoints> {
  const container = `/containers/${absent}`;
  return [
    { method: 'GET', path: '/containers/json', query: { limit: 1 } },
    { method: 'GET', path: '/images/json', query: { filters: JSON.stringify({ reference: [absent] }) } },
    { method: 'GET', path: `${container}/json` },
    { method: 'GET', path: `/images/${absent}/json` },
    { method: 'POST', path: '/images/create', query: { fromImage: 'BELFRY-PROBE', tag: absent } },
    { method: 'POST', path: `/images/${absent}/tag`, query: { repo: absent, tag: 'probe' } },
    { method: 'DELETE', path: `/images/${absent}` },
    { method: 'POST', path: '/containers/create', query: { name: absent }, body: { Image: 'BELFRY-PROBE' } },
    { method: 'GET', path: `/networks/${absent}` },
    { method: 'POST', path: `/networks/${absent}/connect`, body: { Container: absent } },
    { method: 'POST', path: `${container}/start` },
    { method: 'POST', path: `${container}/stop` },
    { method: 'POST', path: `${container}/restart` },
    { method: 'POST', path: `${container}/kill` },
    { method: 'POST', path: `${container}/attach` },
    { method: 'POST', path: `${container}/rename`, query: { name: absent } },
    { method: 'POST', path: `${container}/update`, body: { RestartPolicy: { Name: 'no' } } },
    { method: 'POST', path: `${container}/wait` },
    { method: 'GET', path: `${container}/logs`, query: { stdout: 1 } },
    { method: 'GET', path: `${container}/changes` },
    { method: 'HEAD', path: `${container}/archive`, query: { path: '/' } },
    { method: 'GET', path: `${container}/archive`, query: { path: '/' } },
    { method: 'PUT', path: `${container}/archive`, query: { path: '/' }, archive: Buffer.alloc(1024) },
    { method: 'DELETE', path: container },
  ];
}
