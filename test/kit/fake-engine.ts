import type { Engine, EngineInfo } from '../../core/engine/port.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { type Arrange, arrange } from './fake-engine/arrange.ts';
import { engineOver } from './fake-engine/engine.ts';
import { settle } from './fake-engine/life.ts';
import { addBuiltInNetworks } from './fake-engine/networks.ts';
import type { EngineState } from './fake-engine/state.ts';
import { createFakeRegistry, type FakeRegistry } from './fake-registry.ts';

/** One call that came to the engine: a method of the port, or `connect`, which a create makes for each further network. */
export interface EngineCall {
  /** From 1, in order. */
  readonly n: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

/**
 * Runs before a call has any effect, and again once it has had it; what it throws is all the caller sees.
 * It may change the engine, as others do in the middle of things.
 */
export type EngineFault = (call: EngineCall, phase: 'before' | 'after') => void | Promise<void>;

export interface FakeEngineOptions {
  readonly clock?: FakeClock;
  /** Where pulls come from. */
  readonly registry?: FakeRegistry;
  readonly info?: Partial<EngineInfo>;
  /** Endpoints that probes find refused, such as `POST /containers/{id}/stop`. */
  readonly refused?: readonly string[];
}

/** An engine in memory; what arranges and observes it is neither recorded nor faulted. */
export interface FakeEngine extends Engine, Arrange {
  readonly clock: FakeClock;
  readonly registry: FakeRegistry;
  /** All so far. */
  readonly calls: readonly EngineCall[];
  /** From the next call on; undefined lets all pass. */
  setFault(fault: EngineFault | undefined): void;
}

/**
 * An engine with the semantics of a real one (20.10) as far as a replacement can see them, to which the conformance
 * suite holds it. Nothing takes real time: a stop advances the clock by what it takes.
 */
export function createFakeEngine(options: FakeEngineOptions = {}): FakeEngine {
  const { clock = createFakeClock(), registry = createFakeRegistry(), refused = [] } = options;
  const state: EngineState = {
    ...{ clock, info: { ...standardInfo, ...options.info }, made: 0 },
    ...{ images: new Map(), containers: new Map(), networks: new Map(), volumes: new Set(), behaviours: new Map() },
  };
  addBuiltInNetworks(state);
  clock.onAdvance(() => settle(state));
  const calls: EngineCall[] = [];
  let fault: EngineFault | undefined;

  async function record<Result>(method: string, args: readonly unknown[], work: () => Result | Promise<Result>) {
    const call = { n: calls.length + 1, method, args: structuredClone(args) };
    calls.push(call);
    await fault?.(call, 'before');
    settle(state);
    const result = await work();
    settle(state);
    await fault?.(call, 'after');
    return result;
  }

  return {
    ...engineOver({ state, registry, refused, record }),
    ...arrange(state, registry),
    ...{ clock, registry, calls },
    setFault: (next) => {
      fault = next;
    },
  };
}

const standardInfo: EngineInfo = {
  id: 'FAKE:ENGINE',
  name: 'fake-host',
  version: '20.10.24',
  apiVersion: '1.41',
  os: 'linux',
  architecture: 'x86_64',
  storageDriver: 'overlay2',
  imageStore: 'classic',
  cannot: [],
};
