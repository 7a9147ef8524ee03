import { didYouMean } from '../config/nearest.ts';
import { AppError } from '../errors/app-error.ts';

/** A notifier's name as a command gives it. Throws NOTIFIER_UNKNOWN with the nearest one where there is none such. */
export function notifierNamed(instances: readonly { readonly name: string }[], word: string): string {
  const names = instances.map(({ name }) => name);
  if (names.includes(word)) return word;
  throw new AppError('NOTIFIER_UNKNOWN', `there is no notifier ${word}.${didYouMean(word, names)}`);
}
