import { AppError } from '../errors/app-error.ts';
import { caller } from './caller.ts';
import { briefly, foreignPlace } from './place.ts';

const leave = process.exit.bind(process);

/** Ends the process, whatever guards it: for the core itself. */
export const exitNow: typeof process.exit = leave;

/** From now on foreign code that calls `process.exit` gets an error instead, which is told like any other of its errors. */
export function guardExit(): void {
  process.exit = (code) => {
    const place = foreignPlace(new Error('exit').stack);
    if (caller() === undefined && place === undefined) return leave(code);
    const where = place === undefined ? '' : ` (${briefly(place)})`;
    throw new AppError('PLUGIN_EXIT', `it called process.exit(${code ?? ''})${where}, which would have ended Belfry`);
  };
}
