import assert from 'node:assert/strict';
import { type Host, openHost } from '../../core/host.ts';
import { silentLog } from '../../core/log.ts';
import type { Http, Plugin, Report } from '../../core/plugin.ts';
import { placeholders } from '../../core/preview/placeholders.ts';
import { preview, type Shown } from '../../core/preview/previews.ts';

export const unchanged = (text: string) => text;
export const never = async () => assert.fail('this must not be called');

/** Every built-in notifier with a made-up address, or one of another author; nothing is sent. */
export function notifiers(http: Http = never, plugin?: Plugin): Promise<Host> {
  const services = {
    ...{ log: silentLog, http, now: () => new Date(0), sleep: never, timeZone: 'UTC', folder: '/', redact: unchanged },
    ...{ state: never, routes: never, logs: never, exec: never, registry: { manifest: never, blob: never } },
    lacking: async () => undefined,
  };
  if (plugin === undefined) return openHost(placeholders, services);
  return openHost([{ use: plugin.name }], services, async () => plugin);
}

/** What each of them would send of a report. */
export const previewsOf = (report: Report, on: Host): Promise<readonly Shown[]> =>
  Promise.all(on.instances.map((one) => preview(one, { kind: report.kind, report, event: null }, unchanged)));
