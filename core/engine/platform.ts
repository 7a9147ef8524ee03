import type { Platform } from '../registry/port.ts';
import type { EngineInfo, ImageDetails } from './port.ts';

const architectures: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  armv7l: 'arm',
  armv6l: 'arm',
  i686: '386',
};

/** The platform an engine runs by itself; it names architectures as the kernel does, images as Go does. */
export function enginePlatform({ os, architecture }: EngineInfo): Platform {
  return { os, architecture: architectures[architecture] ?? architecture, variant: null };
}

export function imagePlatform({ Os, Architecture, Variant }: ImageDetails): Platform {
  return { os: Os, architecture: Architecture, variant: Variant || null };
}
