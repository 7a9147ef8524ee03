#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { main } from './cli/main.ts';

// Belfry sleeps nearly all of its life, and works for a moment. bench/README.md has what each of these saves: heap that
// V8 would add for speed at every cycle and never give back, and compilers that pay only where code is hot.
for (const flag of ['--semi-space-growth-factor=1', '--no-opt', '--optimize-for-size']) setFlagsFromString(flag);

process.exitCode = await main(process.argv.slice(2), process.env);
