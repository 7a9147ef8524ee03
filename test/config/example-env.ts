/** The variables that config.example.json refers to. */
export const exampleEnv: Readonly<Record<string, string>> = {
  REGISTRY_PASSWORD: 'a password',
  RESTIC_PASSWORD: 'x',
  SLACK_URL: 'https://hooks.slack.com/services/T/B/x',
  DISCORD_URL: 'https://discord.com/api/webhooks/1/x',
  TEAMS_URL: 'https://prod-1.westeurope.logic.azure.com/workflows/x?sig=x',
  SMTP_PASSWORD: 'a-password',
  TELEGRAM_TOKEN: '123:ABC',
  NTFY_TOPIC: 'a-topic',
  GOTIFY_TOKEN: 'a-token',
  DEAD_MAN_URL: 'https://hc-ping.com/3f1c0e6a',
  WEBHOOK_URL: 'https://example.org/hook',
};
