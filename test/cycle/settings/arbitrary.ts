import fc from 'fast-check';
import type { ContainerConfig, Healthcheck, ImageDefaults } from '../../../core/engine/port.ts';

// Few values, so that what users and images state often agrees.
const word = fc.constantFrom('a', 'b', 'c');
const key = fc.constantFrom('A', 'B', 'PATH', 'TZ');
const words = fc.option(fc.array(word, { maxLength: 2 }), { nil: null });
const text = fc.constantFrom('', 'a', 'b');
const nanoseconds = fc.constantFrom(0, 1e9, 2e9);
const places = fc.option(fc.dictionary(fc.constantFrom('/a', '/b', '/c'), fc.constant({})), { nil: null });
const ports = fc.dictionary(fc.constantFrom('80/tcp', '81/tcp', '53/udp'), fc.constant({}));
const labels = fc.dictionary(fc.constantFrom('a', 'b', 'com.docker.compose.service', '__proto__'), text);

const environment = fc
  .uniqueArray(fc.tuple(key, fc.constantFrom('=', '=1', '=2', '=x=y')), { selector: ([name]) => name })
  .map((entries) => entries.map((entry) => entry.join('')));

const healthcheck: fc.Arbitrary<Healthcheck | null> = fc.option(
  fc.record(
    {
      Test: fc.constantFrom(['NONE'], ['CMD', 'a'], ['CMD', 'b'], []),
      Interval: nanoseconds,
      Timeout: nanoseconds,
      StartPeriod: nanoseconds,
      Retries: fc.constantFrom(0, 1, 2),
    },
    { requiredKeys: [] },
  ),
  { nil: null },
);

/** The defaults of an image, as its `Config` has them. */
export const imageDefaults: fc.Arbitrary<ImageDefaults> = fc.record({
  Env: fc.option(environment, { nil: null }),
  Entrypoint: words,
  Cmd: words,
  Labels: fc.option(labels, { nil: null }),
  Volumes: places,
  ExposedPorts: fc.option(ports, { nil: null }),
  Healthcheck: healthcheck,
  User: text,
  WorkingDir: text,
  StopSignal: text,
});

/** What someone asks for in a create; what is absent is left to the image. */
export const asked: fc.Arbitrary<ContainerConfig> = fc
  .record(
    {
      Env: environment,
      // Absent, emptied, or an entrypoint that has words.
      Entrypoint: fc.oneof(fc.constant(null), fc.constant(['']), fc.array(word, { minLength: 1, maxLength: 2 })),
      Cmd: words,
      Labels: labels,
      Volumes: fc.dictionary(fc.constantFrom('/a', '/b', '/c'), fc.constant({})),
      ExposedPorts: ports,
      Healthcheck: healthcheck,
      User: text,
      WorkingDir: text,
      StopSignal: text,
      Hostname: fc.constantFrom('', 'web'),
      StopTimeout: fc.constantFrom(null, 1, 30),
      Tty: fc.boolean(),
      FromTheFuture: word,
    },
    { requiredKeys: [] },
  )
  .map((given) => ({ ...given, Image: 'web:1' }));
