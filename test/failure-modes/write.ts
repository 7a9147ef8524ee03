// Brings the proofs in docs/failure-modes.md up to date with the names of the tests.
import { readFileSync, writeFileSync } from 'node:fs';
import { page, refreshed } from './table.ts';

writeFileSync(page, refreshed(readFileSync(page, 'utf8')));
