import { networkInterfaces } from 'node:os';
import type { JournalReader, Snapshot } from '../journal/port.ts';
import type { IntentRecord } from '../journal/record.ts';

const longestWait = 30 * 60_000;

/**
 * The container that is being replaced right now and that messages for a destination would have to go through;
 * undefined for none. A destination is a host with or without a port, as notifiers state it.
 */
export async function replacedNow(
  destination: string,
  { memory, loadSnapshot }: Pick<JournalReader, 'memory' | 'loadSnapshot'>,
  now: Date,
): Promise<string | undefined> {
  // One that nobody ended is left to recovery, and must not silence a notifier for ever.
  const open = memory.openIntents().filter(({ time }) => now.getTime() - Date.parse(time) < longestWait);
  if (open.length === 0) return undefined;
  const { host, port } = partsOf(destination);
  for (const intent of open) {
    if (namesOf(intent).includes(host)) return intent.workload.name;
    const snapshot = await loadSnapshot(intent.snapshot);
    if (snapshot === undefined) continue;
    if (aliasesOf(snapshot).includes(host)) return intent.workload.name;
    const ports = port === undefined ? ['80', '443', '25', '465', '587'] : [port];
    if (isNear(host) && ports.some((one) => publishedPorts(snapshot).includes(one))) return intent.workload.name;
  }
  return undefined;
}

function partsOf(destination: string): { readonly host: string; readonly port: string | undefined } {
  const [, host = destination, port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(destination) ?? [];
  return { host: host.replace(/^\[|\]$/g, '').toLowerCase(), port };
}

function namesOf({ workload, group = [] }: IntentRecord): readonly string[] {
  const names = [workload.name, ...group, workload.id.slice(0, 12), ...(workload.service ? [workload.service] : [])];
  return names.map((name) => name.toLowerCase());
}

/** What others on its networks may call it by. */
function aliasesOf({ spec: { config, networks } }: Snapshot): readonly string[] {
  const names = networks.flatMap(({ endpoint }) => [endpoint.IPAddress, ...(endpoint.Aliases ?? [])]);
  return [config.Hostname, ...names].flatMap((name) => (name ? name.toLowerCase() : []));
}

function publishedPorts({ spec }: Snapshot): readonly string[] {
  // The engine's own shape, which the core passes on without a look.
  const bindings = (spec.hostConfig.PortBindings ?? {}) as Readonly<Record<string, readonly Binding[] | null>>;
  return Object.values(bindings).flatMap((ports) => (ports ?? []).flatMap(({ HostPort }) => HostPort ?? []));
}

interface Binding {
  readonly HostPort?: string;
}

/** Whether a host may be this machine or one beside it: then its ports may be those of our containers. */
function isNear(host: string): boolean {
  if (!host.includes('.') && !host.includes(':')) return true;
  if (/\.(local|lan|internal|home\.arpa|localhost)$/.test(host)) return true;
  if (/^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(host)) return true;
  if (/^(::1|f[cd][0-9a-f]{2}:)/.test(host)) return true;
  return Object.values(networkInterfaces()).some((own) => own?.some(({ address }) => address === host));
}
