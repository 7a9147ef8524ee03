import type { Json } from '../../engine/port.ts';
import { links } from './endpoint.ts';
import type { Compared } from './fields.ts';
import { isUnset } from './unset.ts';

type Entries = readonly (readonly [string, unknown])[];

/** The parts of a setting that is compared one by one; undefined where it is compared as a whole. */
export function entriesOf(compared: Compared | undefined, value: unknown): Entries | undefined {
  if (compared === 'variable by variable') return list(value).map(variable);
  if (compared === 'term by term') return Object.entries(value ?? {}).filter(([, part]) => !isUnset(part));
  return compared === 'key by key' ? Object.entries(value ?? {}) : undefined;
}

/** The one form of a setting that engines write in several. */
export function form(compared: Compared | undefined, value: unknown): unknown {
  const as = compared === undefined ? undefined : forms[compared];
  return as === undefined ? value : as(value);
}

const forms: Readonly<Partial<Record<Compared, (value: unknown) => unknown>>> = {
  'as a network mode': (value) => (value === 'default' ? 'bridge' : value),
  'as links': (value) => links(value as readonly string[] | null),
  'as a policy': (value) => {
    const { Name, MaximumRetryCount } = (value ?? {}) as { Name?: string; MaximumRetryCount?: number };
    return Name === '' || Name === 'no' || Name === undefined ? null : { Name, MaximumRetryCount };
  },
  'as devices': (value) =>
    ((value ?? []) as readonly Json[]).map((device) => ({
      ...device,
      CgroupPermissions: device.CgroupPermissions || 'rwm',
    })),
  'as logging': (value) => {
    const { Type, Config } = (value ?? {}) as { Type?: string; Config?: Json | null };
    return { Type, Config: Config ?? {} };
  },
};

function variable(entry: string): readonly [string, unknown] {
  const [name = '', ...rest] = entry.split('=');
  return [name, entry.includes('=') ? rest.join('=') : true];
}

function list(value: unknown): readonly string[] {
  return (value ?? []) as readonly string[];
}
