import { eventText } from 'belfry/notifier';
import { type BelfryEvent, definePlugin } from 'belfry/plugin';

export default definePlugin({
  name: 'console',
  apiVersion: 1,
  summary: 'Writes one readable line for each event to the log.',
  setup({ log }) {
    const write = (event: BelfryEvent) => {
      const level = event.type === 'failed' ? 'error' : quiet.has(event.type) ? 'debug' : 'info';
      log[level](eventText(event));
    };
    return {
      on: {
        started: write,
        checked: write,
        found: write,
        skipped: write,
        pulled: write,
        recreated: write,
        restarted: write,
        failed: write,
        cleaned: write,
        recovered: write,
        finished: write,
      },
    };
  },
});

const quiet: ReadonlySet<string> = new Set(['started', 'checked', 'pulled']);
