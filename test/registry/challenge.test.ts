import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { chooseChallenge, parseChallenges } from '../../core/registry/challenge.ts';

describe('WWW-Authenticate', () => {
  test('gives a realm, a service and a scope', () => {
    const header =
      'Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull,push"';
    assert.deepEqual(chooseChallenge(header), {
      scheme: 'bearer',
      parameters: {
        realm: 'https://auth.example/token',
        service: 'registry.example',
        scope: 'repository:a/b:pull,push',
      },
    });
  });

  test('may hold several challenges, of which a bearer token is preferred', () => {
    const header = 'Negotiate, Basic realm="a, \\"b\\" c" , NTLM TlRMTVNTUAAB==, Bearer Realm = "https://x.example"';
    assert.deepEqual(
      parseChallenges(header).map(({ scheme }) => scheme),
      ['negotiate', 'basic', 'ntlm', 'bearer'],
    );
    assert.equal(parseChallenges(header)[1]?.parameters.realm, 'a, "b" c');
    assert.deepEqual(chooseChallenge(header), { scheme: 'bearer', parameters: { realm: 'https://x.example' } });
  });

  test('is understood where the quotes are left out', () => {
    const parameters = { realm: 'https://x.example/token?a=b', service: 'x' };
    assert.deepEqual(chooseChallenge('bearer realm=https://x.example/token?a=b, service=x'), {
      scheme: 'bearer',
      parameters,
    });
  });

  test('offers nothing where it is missing, empty or of an unknown kind', () => {
    for (const header of [undefined, '', 'Negotiate', 'Bearer service="no realm"', '"', '=,=']) {
      assert.equal(chooseChallenge(header), undefined, header);
    }
  });

  test('never makes the parser throw or hang', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'aB =,"\\/') }), (text) => void parseChallenges(text)));
  });
});
