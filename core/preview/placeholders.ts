import type { PluginUse } from '../config/settings.ts';

/** Every built-in notifier with addresses that lead nowhere: to see what they look like before one is set up. */
export const placeholders: readonly PluginUse[] = [
  use('slack', { url: 'https://hooks.slack.com/services/T00000000/B00000000/PLACEHOLDER' }),
  use('teams', { url: 'https://placeholder.environment.api.powerplatform.com/workflows/placeholder?sig=PLACEHOLDER' }),
  use('email', { host: 'smtp.example.org', from: 'Belfry <belfry@example.org>', to: ['Ops <ops@example.org>'] }),
  use('discord', { url: 'https://discord.com/api/webhooks/000000000000000000/PLACEHOLDER' }),
  use('telegram', { token: '000000:PLACEHOLDER', chat: '@placeholder' }),
  use('ntfy', { topic: 'PLACEHOLDER' }),
  use('gotify', { url: 'https://gotify.example.org', token: 'PLACEHOLDER' }),
  use('webhook', { url: 'https://example.org/PLACEHOLDER' }),
  use('script', { command: ['./tell.sh', 'ops'] }),
];

function use(name: string, config: object): PluginUse {
  return { use: name, config };
}
