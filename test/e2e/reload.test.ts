import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { openScene } from './scene.ts';

interface Shown {
  readonly running: boolean;
  readonly outdated: boolean;
  readonly plugins: readonly {
    readonly name: string;
    readonly state: { readonly calls: number; readonly waiting: { readonly messages: number } };
  }[];
}

test('a watch takes a new configuration without a restart: a bad one not at all, a good one between two cycles', async (t) => {
  const scene = await openScene(t);
  const config = join(scene.stateFolder, 'belfry.json');
  const arrived: string[] = [];
  const refused: string[] = [];
  let works = false;
  const sink = createServer((request, response) => {
    (works ? arrived : refused).push(String(request.headers['webhook-id']));
    response.writeHead(works ? 204 : 503).end();
  });
  const url = await listen(sink);
  t.after(() => sink.close());
  const ops = { use: 'webhook', name: 'ops', config: { url } };
  const configure = (content: object) => writeFile(config, JSON.stringify(content));
  const gate = (answer: string) =>
    writeFile(
      join(scene.stateFolder, 'gate.mjs'),
      `import { allow, defer, definePlugin } from 'belfry/plugin';
      export default definePlugin({ name: 'gate', apiVersion: 1, summary: 'A gate.', setup: ({ log, sleep }) => ({
        async beforeUpdate() { ${answer} },
      }) });`,
    );

  const name = await scene.deploy('web');
  await scene.release('web', '2');
  await gate("return defer('the first says no');");
  await configure({ interval: '24h', plugins: [{ use: './gate.mjs' }, ops] });
  const watch = scene.start(['watch', '--config', config]);
  t.after(() => watch.child.kill('SIGKILL'));
  await watch.printed('stderr', /the first says no/);
  await watch.printed('stderr', /next run/);

  // A bad one: everything that is wrong is told, to whoever asks and in the log, and the old one goes on.
  await configure({ interval: '1s', plugins: [{ use: './gat.mjs' }, { ...ops, config: {} }, ops] });
  watch.child.kill('SIGHUP');
  await watch.printed('stderr', /refused; the one before stays in force[\s\S]*PLUGIN_DUPLICATE/);
  const asked = await scene.start(['plugins', 'reload', '--json', '--config', config]).done;
  assert.equal(asked.code, 2, asked.stderr);
  const { problems } = asked.json<{ readonly problems: readonly { readonly code: string }[] }>();
  assert.deepEqual(problems.map(({ code }) => code).toSorted(), [
    'PLUGIN_CONFIG_INVALID',
    'PLUGIN_DUPLICATE',
    'PLUGIN_NOT_FOUND',
  ]);
  const shown = (await scene.start(['plugins', '--json', '--config', config]).done).json<Shown>();
  assert.deepEqual([shown.running, shown.outdated], [true, true]);
  const states = new Map(shown.plugins.map((plugin) => [plugin.name, plugin.state]));
  assert.equal(states.get('gate')?.calls, 1);
  assert.equal(states.get('ops')?.waiting.messages, 1);
  assert.doesNotMatch(watch.output.stderr, /updated 1 -> 2/);

  // A good one: another answer from the same file, another interval, counted from the cycle before.
  // The second gate also does what would end any process, in the middle of an update.
  const worst = "void Promise.reject(new Error('forgotten')); setTimeout(() => process.exit(3), 100);";
  await gate(`${worst} log.info('the second thinks'); await sleep(2000); return allow();`);
  await configure({ interval: '1s', plugins: [{ use: './gate.mjs' }, ops] });
  works = true;
  const reloaded = await scene.start(['plugins', 'reload', '--json', '--config', config]).done;
  assert.equal(reloaded.code, 0, reloaded.stderr);
  assert.ok(reloaded.json<{ readonly plugins: readonly string[] }>().plugins.includes('gate'));

  // In the middle of a cycle: it ends as it began.
  await watch.printed('stderr', /the second thinks/);
  await configure({ interval: '24h', plugins: [ops] });
  watch.child.kill('SIGHUP');
  await watch.printed('stderr', /updated 1 -> 2[\s\S]*cycle finished[\s\S]*was read anew, with the plugins .*ops\n/);
  assert.match(watch.output.stderr, /gate \(beforeUpdate\) left a promise .+: forgotten .+\(PLUGIN_STRAY\)/);
  assert.match(watch.output.stderr, /gate \(beforeUpdate\) threw .+ process\.exit\(3\) .+\(PLUGIN_EXIT\)/);
  const { Config } = await scene.inspect(name);
  assert.equal(Config.Labels?.['org.opencontainers.image.version'], '2');
  const gone = (await scene.start(['plugins', '--json', '--config', config]).done).json<Shown>();
  assert.equal(gone.outdated, false);
  assert.ok(gone.plugins.every((plugin) => plugin.name !== 'gate'));

  watch.child.kill('SIGTERM');
  assert.equal((await watch.done).code, 0, watch.output.stderr);
  // The message that waited went on under the same name, with the same id.
  assert.ok(arrived.includes(refused[0] ?? 'none'), `${arrived}`);
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}
