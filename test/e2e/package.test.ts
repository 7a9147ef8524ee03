import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { foreignFolder, foreignPlugins } from '../foreign-plugins.ts';
import { completions } from './language-server.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const outside = fileURLToPath(new URL('../fixtures/outside', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'belfry-package-'));
const project = join(folder, 'project');
after(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: number;
  readonly output: string;
  readonly stderr: string;
}

/** Runs a program in the project, in an otherwise bare environment. */
function run(program: string, args: readonly string[], cwd = project): Promise<Ran> {
  const env = { PATH: process.env.PATH, HOME: folder, DOCKER_HOST: 'unix:///nowhere/docker.sock' };
  const own = {
    npm_config_cache: process.env.npm_config_cache ?? `${process.env.HOME}/.npm`,
    BELFRY_STATE_DIR: folder,
  };
  return new Promise((resolve) => {
    execFile(program, args, { cwd, env: { ...env, ...own } }, (error, output, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output, stderr }),
    );
  });
}

async function succeed(program: string, args: readonly string[], cwd?: string): Promise<string> {
  const { code, output, stderr } = await run(program, args, cwd);
  assert.equal(code, 0, `${program} ${args.join(' ')}\n${output}${stderr}`);
  return output;
}

const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
before(async () => {
  await succeed('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], root);
  const archive = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '');
  cpSync(outside, project, { recursive: true });
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  await succeed('npm', [...install, archive, './belfry-plugin-weekdays']);
  const plugins = [
    { use: './gate.mts', config: { until: 6 } },
    { use: 'belfry-plugin-weekdays', config: { days: ['monday'] } },
  ];
  writeFileSync(join(project, 'config.json'), JSON.stringify({ $schema: './config.schema.json', plugins }));
});

describe('the package, installed in a project of somebody else’s,', () => {
  const belfry = (...args: readonly string[]) => succeed(join(project, 'node_modules/.bin/belfry'), args);

  test('has the pages that its help and its README lead to', () => {
    for (const page of ['docs/configuration.md', 'docs/operating-plugins.md', 'plugins/README.md']) {
      assert.ok(existsSync(join(project, 'node_modules/belfry', page)), page);
    }
  });

  test('runs, and loads the plugins that the project’s configuration names', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
    assert.equal((await succeed('npx', ['--no-install', 'belfry', 'version'])).trim(), version);
    assert.ok(JSON.parse(await belfry('config', 'check')).plugins.length > 0);
    const { plugins } = JSON.parse(await belfry('plugins', '--json')) as {
      readonly plugins: readonly { readonly name: string; readonly decisions: readonly string[] }[];
    };
    const own = plugins.filter(({ name }) => ['gate', 'weekdays'].includes(name));
    assert.deepEqual(
      own.map(({ name, decisions }) => [name, ...decisions]),
      [
        ['gate', 'beforeUpdate'],
        ['weekdays', 'beforeUpdate'],
      ],
    );
  });

  test('reads YAML', async () => {
    writeFileSync(join(project, 'belfry.yaml'), 'interval: 6h # and not more often\n');
    const { settings } = JSON.parse(await belfry('config', 'check', '--json', '--config', 'belfry.yaml')) as {
      readonly settings: { readonly interval: string };
    };
    assert.equal(settings.interval, '6h');
    rmSync(join(project, 'belfry.yaml'));
  });

  test('prints a schema that knows the project’s own plugins', async () => {
    const { $defs } = JSON.parse(await belfry('config', 'schema')) as {
      readonly $defs: Readonly<Record<string, { readonly properties: Readonly<Record<string, object>> }>>;
    };
    assert.equal($defs['plugin webhook']?.properties.url !== undefined, true);
    assert.deepEqual($defs['plugin ./gate.mts']?.properties.until, {
      description: 'The hour at which they end.',
      type: 'integer',
      minimum: 1,
      maximum: 24,
    });
    assert.deepEqual(Object.keys($defs['plugin belfry-plugin-weekdays']?.properties ?? {}), ['days']);
  });

  test('runs the test of a plugin, and brings the files of new ones along', async () => {
    assert.match(await belfry('plugins', 'test', 'gate.test.mts'), /^# pass 1$/m);
    await belfry('plugins', 'new', 'quiet', '--package');
    // What npm does with a package in a folder.
    symlinkSync('../belfry-plugin-quiet', join(project, 'node_modules/belfry-plugin-quiet'));
    const use = { use: 'belfry-plugin-quiet', config: { from: 1, to: 5 } };
    writeFileSync(join(project, 'quiet.json'), JSON.stringify({ plugins: [use] }));
    assert.match(await belfry('plugins', '--config', 'quiet.json'), /^\d+ +quiet +belfry-plugin-quiet /m);
    assert.match(await belfry('plugins', 'test', 'belfry-plugin-quiet/index.test.mts'), /^# pass 3$/m);
  });

  test('has types for plugins and their tests, which infer what is right and refuse what is wrong', async () => {
    const options = {
      ...{ target: 'es2023', module: 'nodenext', strict: true, noEmit: true, allowImportingTsExtensions: true },
      ...{ skipLibCheck: true, types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
    };
    writeFileSync(
      join(project, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: options, include: ['*.mts', '*/*.mts'] }),
    );
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { output } = await run(process.execPath, [tsc, '--noEmit', '-p', '.']);
    const found = output.matchAll(/^(\S+\.mts)\((\d+),\d+\): error/gm);
    const lines = readFileSync(join(project, 'wrong.mts'), 'utf8').split('\n');
    const expected = lines.flatMap((line, at) => (line.endsWith('// wrong') ? [`wrong.mts:${at + 1}`] : []));
    assert.deepEqual([...new Set([...found].map(([, file, line]) => `${file}:${line}`))], expected, output);
  });

  test('has editors complete what a plugin may take, be and answer', async () => {
    const file = join(project, 'completed.mts');
    writeFileSync(
      file,
      readFileSync(join(project, 'gate.mts'), 'utf8').replace('({ config, now, timeZone })', '({ config, now,  })'),
    );
    const offered = await completions(file, '({ config, now, ');
    for (const name of ['http', 'log', 'sleep', 'state', 'registry']) assert.ok(offered.includes(name), offered.join());
    assert.ok((await completions(file, 'config.')).includes('until'));
    assert.ok((await completions(join(project, 'typed.mts'), 'event.to.')).includes('version'));
  });
});

test('a Belfry that is installed globally takes plugins in every form elsewhere, where another Belfry lies as well', async (t) => {
  const elsewhere = await foreignFolder(t);
  const another = join(elsewhere, 'node_modules/belfry');
  const exports = { './plugin': './not-running.js', './notifier': './not-running.js' };
  mkdirSync(another);
  writeFileSync(join(another, 'package.json'), JSON.stringify({ name: 'belfry', type: 'module', exports }));
  writeFileSync(join(another, 'not-running.js'), "throw new Error('this Belfry does not run');");
  const config = join(elsewhere, 'config.json');
  writeFileSync(config, JSON.stringify({ plugins: Object.keys(foreignPlugins).map((use) => ({ use })) }));
  // As npm lays it out: the package in the folder of all global ones, with what it needs in a folder of its own.
  const installed = join(folder, 'lib/node_modules/belfry');
  cpSync(join(project, 'node_modules/belfry'), installed, { recursive: true });
  for (const name of readdirSync(join(project, 'node_modules')).filter((one) => !/^(belfry|\.)/.test(one))) {
    cpSync(join(project, 'node_modules', name), join(installed, 'node_modules', name), { recursive: true });
  }
  const stdout = await succeed(join(installed, 'dist/belfry.js'), ['plugins', '--json', '--config', config], '/');
  const { plugins } = JSON.parse(stdout) as {
    readonly plugins: readonly { readonly name: string; readonly use: string }[];
  };
  const found = plugins.filter(({ use }) => use in foreignPlugins);
  assert.deepEqual(Object.fromEntries(found.map(({ use, name }) => [use, name])), foreignPlugins);
});
