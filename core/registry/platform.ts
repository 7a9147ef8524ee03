import type { Platform } from './port.ts';

/** A platform in the short terms of the OCI specification, its variant null where it is the usual one. */
export function normalizePlatform(platform: Platform): Platform {
  const alias = aliases[platform.architecture.toLowerCase()];
  const architecture = alias?.architecture ?? platform.architecture.toLowerCase();
  const text = (platform.variant || alias?.variant || '').toLowerCase();
  const variant = /^\d/.test(text) ? `v${text}` : text;
  const usual = variant === '' || variant === `v${usualVersions[architecture]}`;
  return { os: platform.os.toLowerCase(), architecture, variant: usual ? null : variant };
}

/**
 * How far an image's platform is from the wanted one: 0 is the same, more an older variant that the same processor
 * runs, undefined one that it does not run.
 */
export function platformDistance(wanted: Platform, offered: Platform): number | undefined {
  const [want, offer] = [normalizePlatform(wanted), normalizePlatform(offered)];
  if (want.os !== offer.os || want.architecture !== offer.architecture) return undefined;
  if (want.variant === offer.variant) return 0;
  const distance = version(want) - version(offer);
  return distance > 0 ? distance : undefined;
}

export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant ? [variant] : [])].join('/');
}

const aliases: Readonly<Record<string, { readonly architecture: string; readonly variant?: string }>> = {
  x86_64: { architecture: 'amd64' },
  'x86-64': { architecture: 'amd64' },
  aarch64: { architecture: 'arm64' },
  i386: { architecture: '386' },
  armhf: { architecture: 'arm', variant: 'v7' },
  armel: { architecture: 'arm', variant: 'v6' },
};

/** The variant that is meant where none is named. */
const usualVersions: Readonly<Record<string, number>> = { amd64: 1, arm: 7, arm64: 8 };

function version({ architecture, variant }: Platform): number {
  return variant === null ? (usualVersions[architecture] ?? Number.NaN) : Number(variant.replace(/^v/, ''));
}
