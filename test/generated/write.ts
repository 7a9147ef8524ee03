// Brings every file that is made from the sources up to date: `npm run generate`.
import { writeFileSync } from 'node:fs';
import { generated, root } from './files.ts';

for (const { path, text } of generated) writeFileSync(new URL(path, root), await text());
