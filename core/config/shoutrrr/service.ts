import { type Address, no, readUrl } from './address.ts';

/** One service of shoutrrr's, and the notifier that reaches it. */
export interface Service {
  /** Keys of its query that `translate` reads. */
  readonly reads?: readonly string[];
  /** Keys of its query that mean nothing here, and why. */
  readonly ignored?: Readonly<Record<string, Ignored>>;
  /** Keys that nobody knows are for the receiver, rather than slips. */
  readonly forwards?: boolean;
  /** The notifiers that an address stands for. Throws a fault where it cannot. */
  translate(address: Address): Made;
}

export interface Made {
  readonly uses: readonly Use[];
  /** Sentences that must be said once. */
  readonly notes?: readonly string[];
}

/** A notifier as it would stand under `plugins`. */
export interface Use {
  readonly use: string;
  readonly config: Readonly<Record<string, unknown>>;
}

export interface Ignored {
  /** Ends `KEY is ignored: …`. */
  readonly why: string;
  /** Values that ask for nothing beyond what is done anyway. */
  readonly idle?: RegExp;
}

export const ownTitle: Ignored = {
  why: 'the first line says what happened, and notificationTitleTag what stands before it.',
};
export const colours: Ignored = { why: 'colours say how urgent a message is.' };
export const priorities: Ignored = { why: 'the priority follows from what happened.' };
export const unverified: Ignored = {
  why: 'certificates are always verified; NODE_EXTRA_CA_CERTS names a file with an authority of your own.',
  idle: no,
};

/** Said where an address asks for it, unless the receiver is near. */
export function clearText(url: string): readonly string[] {
  const { protocol, hostname } = readUrl(url);
  const near = !hostname.includes('.') || /^(?:127|10|192\.168)\.|\.(?:local|lan|internal)$|:/.test(hostname);
  return protocol === 'https:' || near ? [] : ['everything is sent in clear text, as this address asks for.'];
}

/** One notifier, and what must be said of it. */
export const one = (use: string, config: Use['config'], notes: readonly string[] = []): Made => ({
  uses: [{ use, config }],
  notes,
});

/** Leaves out what is not given. */
export function given(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== ''));
}
