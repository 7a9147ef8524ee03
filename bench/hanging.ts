import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
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

/** Updates one container so many times in pairs: without a notifier, and beside two that hang and two that are refused. */
export async function updatesBeside(
  stage: Stage,
  { pairs, home }: { readonly pairs: number; readonly home: string },
): Promise<{ readonly without: Update; readonly beside: Update; readonly reached: number }> {
  let reached = 0;
  const hanging = createServer(() => {
    reached += 1;
  });
  const refusing = createServer((_, response) => {
    reached += 1;
    response.writeHead(503).end();
  });
  for (const server of [hanging, refusing]) await once(server.listen(0, '127.0.0.1'), 'listening');
  const urls = [hanging, refusing, hanging, refusing].map((server) => {
    const { port } = server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/`;
  });
  const plugins = urls.map((url, at) => ({
    use: 'webhook',
    name: `sink-${at}`,
    config: { url, delivery: 'immediate' },
  }));
  const config = `${home}/hanging.json`;
  writeFileSync(config, JSON.stringify({ plugins }));

  const { reference } = await stage.push('beside:latest', webService('0'));
  const name = await stage.run('beside', { Image: reference });
  const update = async (version: number, ...args: readonly string[]): Promise<Update> => {
    await stage.push('beside:latest', webService(String(version)));
    const around = { BELFRY_SCOPE: stage.scope, BELFRY_STABILITY_WINDOW: '500ms' };
    const env = { HOME: home, DOCKER_HOST: stage.engineHost, BELFRY_STATE_DIR: mkdtempSync(`${home}/state-`) };
    const printed = (await jsonOf([program, 'update', name, '--json', ...args], { ...env, ...around })) as Printed;
    const { report } = printed;
    if (report === undefined) throw new Error(`${name} was not updated: ${JSON.stringify(printed)}`);
    const [item] = report.items;
    if (item?.state !== 'recreated') throw new Error(`${name} was not updated: ${JSON.stringify(item)}`);
    return { cycle: Date.parse(report.time) - Date.parse(report.startedAt), downtime: item.downtimeMs ?? 0 };
  };
  const without: Update[] = [];
  const beside: Update[] = [];
  for (let pair = 1; pair <= pairs; pair += 1) {
    without.push(await update(2 * pair - 1));
    beside.push(await update(2 * pair, '--config', config));
  }
  for (const server of [hanging, refusing]) {
    server.closeAllConnections();
    server.close();
  }
  return { without: medians(without), beside: medians(beside), reached };
}

interface Printed {
  readonly report?: Finished;
}

const medians = (all: readonly Update[]): Update => ({
  cycle: median(all.map(({ cycle }) => cycle)),
  downtime: median(all.map(({ downtime }) => downtime)),
});
