import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { canonical, canonicalDefaults, losses } from '../../../core/cycle/settings/canonical.ts';
import { configuredMac } from '../../../core/cycle/settings/mac.ts';
import { buildSpec } from '../../../core/cycle/settings/spec.ts';
import type { ContainerDetails, Endpoint } from '../../../core/engine/port.ts';
import { containerDetails } from './every-setting.ts';

/** As the engines answered: the container's own network is `lan`. */
const container = (lan: Endpoint, MacAddress?: string, wan: Endpoint = {}): ContainerDetails => ({
  ...containerDetails(),
  Config: { Image: 'web:1', ...(MacAddress === undefined ? {} : { MacAddress }) },
  HostConfig: { NetworkMode: 'lan' },
  NetworkSettings: { Networks: { lan, wan } },
});
const own = '02:00:00:00:00:77';

const samples = {
  'Engine 20.10, configured': ['1.41', container({ MacAddress: own, IPAddress: '10.7.0.3' }, own), own],
  'Engine 20.10, made of the address': [
    '1.41',
    container({ MacAddress: '02:42:0a:07:00:03', IPAddress: '10.7.0.3' }),
    null,
  ],
  'Engine 28.5, configured': ['1.51', container({ MacAddress: own, IPAddress: '172.18.0.3' }, own), own],
  'Engine 28.5, configured, not started yet': ['1.51', container({ MacAddress: own, IPAddress: '' }, own), own],
  'Engine 28.5, configured, stopped': ['1.51', container({ MacAddress: '', IPAddress: '' }, own), own],
  'Engine 28.5, made up at random': [
    '1.51',
    container({ MacAddress: 'be:21:aa:61:20:e6', IPAddress: '172.18.0.2' }),
    null,
  ],
  'Engine 28.5, not started yet': ['1.51', container({ MacAddress: '', IPAddress: '' }), null],
  'Engine 25, made of the address': [
    '1.44',
    container({ MacAddress: '02:42:ac:12:00:02', IPAddress: '172.18.0.2' }),
    null,
  ],
  'Engine 25, shown with the network alone': ['1.44', container({ MacAddress: own, IPAddress: '172.18.0.2' }), own],
} as const;

describe('FM22, FM23: the MAC that was configured, as told by', () => {
  for (const [name, [apiVersion, details, mac]] of Object.entries(samples)) {
    test(name, () => assert.equal(configuredMac(details, 'lan', apiVersion), mac));
  }

  test('a further network: whatever is not made of the address', () => {
    const wan = (MacAddress: string) => container({}, undefined, { MacAddress, IPAddress: '10.8.0.2' });
    assert.equal(configuredMac(wan('02:42:0a:08:00:02'), 'wan', '1.51'), null);
    assert.equal(configuredMac(wan(own), 'wan', '1.51'), own);
    assert.equal(configuredMac(wan(own), 'wan', '1.43'), null);
  });
});

describe('FM24: a MAC is stated where the API version spoken takes it:', () => {
  const details = container({ MacAddress: own, IPAddress: '10.7.0.3' }, own);
  const specAt = (apiVersion: string) => {
    const engine = { apiVersion, cannot: [] };
    const { config, networks } = buildSpec({
      original: details,
      inherited: null,
      reference: 'web:1',
      imageId: 'x',
      engine,
    });
    return [config.MacAddress, networks[0]?.endpoint.MacAddress];
  };

  test('for the container as a whole before 1.44', () => assert.deepEqual(specAt('1.43'), [own, undefined]));
  test('with its network from 1.44 on', () => assert.deepEqual(specAt('1.44'), ['', own]));
});

test('FM22: a configured MAC that is missing is a loss, a generated one is none', () => {
  for (const apiVersion of ['1.41', '1.51']) {
    const lost = (was: ContainerDetails, is: ContainerDetails) =>
      losses(canonical(was, apiVersion), canonical(is, apiVersion), canonicalDefaults(null)).map(({ path }) => path);
    const path = apiVersion === '1.41' ? 'Config.MacAddress' : 'Networks.lan';
    assert.deepEqual(lost(container({ MacAddress: own, IPAddress: '10.7.0.3' }, own), container({})), [path]);
    assert.deepEqual(lost(container({ MacAddress: '02:42:0a:07:00:03', IPAddress: '10.7.0.3' }), container({})), []);
  }
});
