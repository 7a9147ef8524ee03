// Brings every file that is made from the sources up to date: `npm run generate`.
import { writeFileSync } from 'node:fs';
import { generatedFiles, root } from './files.ts';

for (const [path, text] of await generatedFiles()) writeFileSync(new URL(path, root), text);
