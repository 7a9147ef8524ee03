import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { webService } from '../core/demo/web-service.ts';
import type { Finished } from '../core/events.ts';
import type { Environment as Stage } from '../test/kit/environment.ts';
import { jsonOf, median, program } from './measure.ts';

/** Milliseconds of the cycle and of the container's absence in it. */
export interface Update {
  readonly cycle: number;
  readonly downtime: number;
}

/** No notifier; four that answer at once; four of which two never answer and two are refused. */
export const companies = ['nobody', 'answering', 'failing'] as const;
type Company = (typeof companies)[number];

/** Updates one container in so many rounds, each time beside every company; resolves with the medians. */
export async function updatesBeside(
  stage: Stage,
  { rounds, home }: { readonly rounds: number; readonly home: string },
): Promise<Readonly<Record<Company, Update>>> {
  const hanging = createServer(() => {});
  const refusing = createServer((_, response) => void response.writeHead(503).end());
  const answering = createServer((_, response) => void response.writeHead(204).end());
  const servers = [hanging, refusing, answering];
  for (const server of servers) await once(server.listen(0, '127.0.0.1'), 'listening');
  const configured = (name: string, sinks: readonly Server[]) => {
    const plugins = sinks.map((server, at) => {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      return { use: 'webhook', name: `sink-${at}`, config: { url, delivery: 'immediate' } };
    });
    const path = `${home}/${name}.json`;
    writeFileSync(path, JSON.stringify({ plugins }));
    return ['--config', path];
  };
  const args: Readonly<Record<Company, readonly string[]>> = {
    nobody: [],
    answering: configured('answering', [answering, answering, answering, answering]),
    failing: configured('failing', [hanging, refusing, hanging, refusing]),
  };

  const { reference } = await stage.push('beside:latest', webService('0'));
  const name = await stage.run('beside', { Image: reference });
  let version = 0;
  const update = async (company: Company): Promise<Update> => {
    version += 1;
    await stage.push('beside:latest', webService(String(version)));
    const around = { BELFRY_SCOPE: stage.scope, BELFRY_STABILITY_WINDOW: '500ms' };
    const env = { HOME: home, DOCKER_HOST: stage.engineHost, BELFRY_STATE_DIR: mkdtempSync(`${home}/state-`) };
    const printed = (await jsonOf([program, 'update', name, '--json', ...args[company]], {
      ...env,
      ...around,
    })) as Printed;
    const { report } = printed;
    if (report === undefined) throw new Error(`${name} was not updated: ${JSON.stringify(printed)}`);
    const [item] = report.items;
    if (item?.state !== 'recreated') throw new Error(`${name} was not updated: ${JSON.stringify(item)}`);
    return { cycle: Date.parse(report.time) - Date.parse(report.startedAt), downtime: item.downtimeMs ?? 0 };
  };
  const seen: Readonly<Record<Company, Update[]>> = { nobody: [], answering: [], failing: [] };
  for (let round = 0; round < rounds; round += 1) {
    // Whoever comes later in a round finds another machine, if only a warmer one.
    const order = round % 2 === 0 ? companies : [...companies].reverse();
    for (const company of order) seen[company].push(await update(company));
  }
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  return { nobody: medians(seen.nobody), answering: medians(seen.answering), failing: medians(seen.failing) };
}

interface Printed {
  readonly report?: Finished;
}

const medians = (all: readonly Update[]): Update => ({
  cycle: median(all.map(({ cycle }) => cycle)),
  downtime: median(all.map(({ downtime }) => downtime)),
});
