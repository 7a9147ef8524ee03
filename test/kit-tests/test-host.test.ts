import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { defer, definePlugin, type Plugin, type Wiring, z } from 'belfry/plugin';
import { createTestHost, samplePlan } from 'belfry/testing';
import { eventReport } from '../../core/notifier/build-report.ts';

const describing = { name: 'mine', apiVersion: 1, summary: 'A plugin under test.' } as const;
const wired = (wiring: Wiring) => definePlugin({ ...describing, setup: () => wiring });
const started = { type: 'started', cycle: 'c', workload: null, trigger: 'manual', dryRun: false } as const;

describe('the test host', () => {
  test('sets a plugin up with its configuration, read as Belfry reads it', async () => {
    const plugin = definePlugin({
      ...describing,
      config: z.strictObject({ hours: z.int().default(3) }),
      setup: ({ config }) => ({ beforeUpdate: () => defer(`${config.hours} hours`) }),
    });
    const answer = async (config?: unknown) =>
      (await createTestHost(plugin, { config })).ask('beforeUpdate', samplePlan());
    assert.deepEqual(await answer(), { verdict: 'defer', reason: '3 hours' });
    assert.deepEqual(await answer({ hours: 5 }), { verdict: 'defer', reason: '5 hours' });
    await assert.rejects(answer({ hour: 5 }), /mine: there is no key hour here\. Did you mean hours\?/);
  });

  test('lets an event be heard, and passes on what hearing it throws', async () => {
    const heard: string[] = [];
    const host = await createTestHost(wired({ on: { started: ({ id }) => heard.push(id) } }));
    const event = await host.emit(started);
    assert.deepEqual(heard, [event.id]);
    const broken = await createTestHost(wired({ on: { started: () => Promise.reject(new Error('deaf')) } }));
    await assert.rejects(broken.emit(started), /mine \(on started\) failed: deaf/);
  });

  test('refuses an answer that is no verdict, and a question that the plugin does not answer', async () => {
    const host = await createTestHost(wired({ beforeUpdate: () => true as never }));
    await assert.rejects(host.ask('beforeUpdate', samplePlan()), /mine \(beforeUpdate\): it answered true/);
    await assert.rejects(host.ask('checkHealth', samplePlan()), /does not answer checkHealth/);
  });

  test('rejects with the code that people would see of it', async () => {
    const codeOf = async (plugin: Plugin, act: 'ask' | 'emit') => {
      const host = await createTestHost(plugin);
      const done = act === 'ask' ? host.ask('beforeUpdate', samplePlan()) : host.emit(started);
      return done.then(
        () => undefined,
        ({ code }: { readonly code: string }) => code,
      );
    };
    const changes = (given: object) => void Object.assign(given, { cycle: 'mine' });
    assert.equal(await codeOf(wired({ beforeUpdate: () => true as never }), 'ask'), 'PLUGIN_VERDICT_INVALID');
    assert.equal(await codeOf(wired({ beforeUpdate: changes as never }), 'ask'), 'PLUGIN_MUTATION');
    assert.equal(await codeOf(wired({ on: { started: changes } }), 'emit'), 'PLUGIN_MUTATION');
    const lacking = definePlugin({
      ...describing,
      setup: ({ exec }) => ({
        beforeUpdate: async ({ workload }) => void (await exec(workload, { argv: ['x'] })) as never,
      }),
    });
    assert.equal(await codeOf(lacking, 'ask'), 'PLUGIN_CAPABILITY_UNDECLARED');
    assert.equal(await codeOf(wired({ beforeUpdate: () => assert.fail('no') }), 'ask'), 'PLUGIN_FAILED');
  });

  test('hands over a message, with the clock in the test’s hand', async () => {
    const plugin = definePlugin({
      ...describing,
      setup: ({ sleep, now }) => ({
        async deliver(_, { attempt }) {
          await sleep(60_000);
          return { outcome: 'retry', why: `${attempt} at ${now().toISOString()}` };
        },
      }),
    });
    const host = await createTestHost(plugin);
    const event = await host.emit(started);
    const message = { kind: 'event', event, report: eventReport(event, { id: 'msg_1', now: new Date() }) } as const;
    const answer = await host.deliver(message, { attempt: 2 });
    assert.deepEqual(answer, { outcome: 'retry', why: '2 at 2026-01-01T00:01:00.000Z' });
    await host.dispose();
  });

  test('says what a plugin needs of it', async () => {
    const plugin = definePlugin({
      ...describing,
      requires: ['state'],
      setup: ({ state }) => ({ checkHealth: async ({ workload }) => void (await state(workload)) }),
    });
    const host = await createTestHost(plugin);
    await assert.rejects(host.ask('checkHealth', samplePlan()), /give createTestHost `state`/);
  });
});
