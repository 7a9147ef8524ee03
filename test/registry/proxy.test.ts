import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hasCode } from '../../core/errors/app-error.ts';
import { proxyRules } from '../../core/registry/proxy.ts';

const HTTPS_PROXY = 'http://proxy.example:3128';

describe('a proxy', () => {
  test('is chosen by the scheme of the URL, in either case of the variable', () => {
    const rules = proxyRules({ http_proxy: 'http://plain.example:1', HTTPS_PROXY: 'secure.example:2' });
    assert.equal(rules(new URL('http://a.example/'))?.href, 'http://plain.example:1/');
    assert.equal(rules(new URL('https://a.example/'))?.href, 'http://secure.example:2/');
    assert.equal(proxyRules({})(new URL('https://a.example/')), undefined);
    assert.equal(proxyRules({ HTTPS_PROXY: '' })(new URL('https://a.example/')), undefined);
  });

  test('is never used for loopback', () => {
    const rules = proxyRules({ HTTPS_PROXY });
    for (const host of ['localhost', '127.0.0.1:5000', '127.9.9.9', '[::1]:5000']) {
      assert.equal(rules(new URL(`https://${host}/`)), undefined, host);
    }
  });

  test('whose address cannot be understood is told without repeating it, for it may hold a password', () => {
    for (const address of ['http://', 'socks5://user:hunter2@proxy.example']) {
      const rules = proxyRules({ HTTPS_PROXY: address });
      assert.throws(
        () => rules(new URL('https://a.example/')),
        (error) => hasCode(error, 'REGISTRY_UNREACHABLE') && !error.message.includes('hunter2'),
      );
    }
  });
});

describe('NO_PROXY', () => {
  /** The list, a URL, and whether that is reached directly. */
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['*', 'https://a.example/', true],
    ['a.example', 'https://a.example/', true],
    ['a.example', 'https://sub.a.example/', true],
    ['a.example', 'https://ba.example/', false],
    ['.a.example', 'https://sub.a.example/', true],
    ['.a.example', 'https://a.example/', false],
    ['*.a.example', 'https://sub.a.example/', true],
    ['A.Example', 'https://a.example/', true],
    ['a.example:5000', 'https://a.example:5000/', true],
    ['a.example:5000', 'https://a.example/', false],
    ['a.example:443', 'https://a.example/', true],
    ['10.0.0.1', 'https://10.0.0.1/', true],
    ['10.0.0.1', 'https://10.0.0.11/', false],
    ['10.0.0.1:5000', 'https://10.0.0.1:5000/', true],
    ['10.0.0.0/8', 'https://10.9.8.7:5000/', true],
    ['10.0.0.0/8', 'https://11.0.0.1/', false],
    ['2001:db8::/32', 'https://[2001:db8::5]/', true],
    ['2001:db8::/32', 'https://[2001:db9::5]/', false],
    ['[2001:db8::5]', 'https://[2001:db8::5]/', true],
    ['10.0.0.0/99, b.example , a.example', 'https://a.example/', true],
    ['10.0.0.0/99', 'https://10.0.0.1/', false],
    ['', 'https://a.example/', false],
  ];
  for (const [list, url, direct] of cases) {
    test(`"${list}" ${direct ? 'exempts' : 'does not exempt'} ${url}`, () => {
      for (const env of [
        { HTTPS_PROXY, NO_PROXY: list },
        { HTTPS_PROXY, no_proxy: list },
      ]) {
        assert.equal(proxyRules(env)(new URL(url)) === undefined, direct);
      }
    });
  }
});
