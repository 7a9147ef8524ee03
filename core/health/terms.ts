import * as z from 'zod';
import { duration, namePatterns } from '../config/fields.ts';

const hour = 3_600_000;

/** The settings that every entry of a probe's `checks` has, for its schema. */
export const probeFields = () => ({
  containers: namePatterns().describe('Names of the containers that it is for, as patterns of the whole name.'),
  timeout: duration({ most: hour }).prefault('60s').describe('How long it may take until the check passes.'),
  interval: duration({ least: 100, most: hour }).prefault('1s').describe('Time between two attempts.'),
  successes: z.int().min(1).max(100).prefault(1).describe('How many attempts in a row must succeed.'),
});
