import { describeEngine } from './conformance.ts';
import { fakeWorld, realWorld } from './world.ts';

describeEngine('the fake engine', fakeWorld);
describeEngine('a Docker engine', realWorld);
