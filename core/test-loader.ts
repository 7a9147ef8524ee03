/** Preloaded for tests of plugins: they and what they test may be TypeScript, and find the modules of this Belfry. */
import { register } from 'tsx/esm/api';
import { serveOwnModules } from './loader.ts';

serveOwnModules();
register();
