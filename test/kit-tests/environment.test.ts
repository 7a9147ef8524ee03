import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { webService } from '../../core/demo/web-service.ts';
import { type Environment, openEnvironment } from '../kit/environment.ts';
import { until } from '../kit/until.ts';

describe('a test’s corner of the engine', () => {
  let own: Environment;
  let foreign: Environment;
  before(async () => {
    foreign = await openEnvironment();
    own = await openEnvironment();
  });
  after(async () => {
    await own.close();
    await foreign.close();
  });

  const has = (environment: Environment, path: string) =>
    environment.api('GET', path).then(
      () => true,
      () => false,
    );

  /** One of each kind of thing; resolves with the paths under which the engine knows them. */
  async function furnish(environment: Environment): Promise<readonly string[]> {
    const { api, name } = environment;
    const { reference } = await environment.push('web:1', webService('1'));
    const web = await environment.run('web', { Image: reference });
    await api('POST', `/containers/${web}/rename?name=${web}.belfry-old`);
    await api('POST', `/containers/create?name=${web}.belfry-new`, { Image: reference });
    await api('POST', '/networks/create', { Name: name('net') });
    await api('POST', '/volumes/create', { Name: name('vol') });
    const containers = ['old', 'new'].map((state) => `/containers/${web}.belfry-${state}/json`);
    return [...containers, `/networks/${name('net')}`, `/volumes/${name('vol')}`, `/images/${reference}/json`];
  }

  test('is emptied by its clean-up, parked containers included, while another’s stays as it is', async () => {
    const [mine, theirs] = [await furnish(own), await furnish(foreign)];
    await own.cleanUp();
    for (const path of mine) assert.equal(await has(own, path), false, path);
    for (const path of theirs) assert.equal(await has(own, path), true, path);
  });

  test('lists its own containers alone', async () => {
    const { reference } = await own.push('web:1', webService('1'));
    const web = await own.run('listed', { Image: reference });
    assert.deepEqual(await own.containers(), [web]);
  });

  test('reaches a container by its published port or its own address', async () => {
    const { reference } = await own.push('web:7', webService('7'));
    const HostConfig = { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] } };
    for (const name of [
      await own.run('address', { Image: reference }),
      await own.run('published', { Image: reference, HostConfig }),
    ]) {
      assert.equal(await until('an answer', () => own.answers(name).catch(() => undefined)), 'web 7');
    }
  });
});
