import { AppError } from '../errors/app-error.ts';
import { followRule } from './follow.ts';
import type { FileContent } from './schema.ts';
import type { FollowEntry } from './settings.ts';
import { type Kind, readValue, type ValueOf } from './values.ts';

const hint = 'docs/tag-following.md shows what `follow` accepts.';

/** An entry of `follow` in the file, or all that is wrong with it; `place` begins the messages. */
export function followEntry(entry: FileContent['follow'][number], place: string): FollowEntry | readonly AppError[] {
  const problems: AppError[] = [];
  const fail = (what: string) => void problems.push(new AppError('CONFIG_INVALID', `${place}${what}.`, { hint }));
  const read = <K extends Kind>(kind: K, key: keyof typeof entry): ValueOf[K] | null => {
    const text = entry[key];
    if (text === undefined) return null;
    const reading = readValue(kind, String(text));
    if ('value' in reading) return reading.value;
    fail(`.${key}: ${reading.problem}`);
    return null;
  };
  const rule = followRule({
    range: read('range', 'range'),
    include: read('pattern', 'include'),
    exclude: read('pattern', 'exclude'),
    transform: read('transform', 'transform'),
    prerelease: read('boolean', 'prerelease'),
  });
  const image = read('pattern', 'image');
  if (rule === undefined && problems.length === 0) fail(' names no versions: give it a range, or include');
  return rule === undefined || image === null || problems.length > 0 ? problems : { image, rule };
}
