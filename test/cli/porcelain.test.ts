import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { porcelainText } from '../../core/cli/porcelain.ts';
import { summarize } from '../../core/cycle/report.ts';
import type { BelfryEvent, ReportItem } from '../../core/events.ts';
import { emptyItem } from '../../core/report-item.ts';
import { sampleVersion, sampleWorkload } from '../kit/samples.ts';

const from = sampleVersion({ imageId: `sha256:01d110000000${'0'.repeat(52)}` });
const to = sampleVersion({ imageId: `sha256:d0a110000000${'0'.repeat(52)}` });
const item = (name: string, part: Partial<ReportItem>): ReportItem => ({
  ...{ ...emptyItem, state: 'recreated', from, to },
  ...{ workload: sampleWorkload({ name, image: `mock/${name}` }), ...part },
});
const fresh: BelfryEvent = {
  ...{ id: 'e', time: '', host: 'nas', cycle: 'c', type: 'checked', upToDate: true, ending: true },
  digest: `sha256:0d16e5700000${'0'.repeat(52)}`,
  imageId: `sha256:01d310000000${'0'.repeat(52)}`,
  workload: sampleWorkload({ name: 'frsh1', image: 'mock.example:5000/frsh1' }),
};
const problem = { code: 'PULL_FAILED', message: 'pull access\ndenied', hint: '' };
const items = [
  item('fail1', { state: 'failed', problem }),
  item('updt1', { workload: sampleWorkload({ name: 'updt1', image: 'mock/updt1:latest' }) }),
  item('rstr1', { state: 'restarted', from: null, to: null }),
  item('stal1', { state: 'available', problem: { ...problem, code: 'MONITOR_ONLY' } }),
  item('skip1', { state: 'skipped', to: null, problem: { ...problem, message: 'it is pinned' } }),
];
const facts = { cycle: 'c', trigger: 'manual', dryRun: false, startedAt: '', seconds: 1 } as const;
const finished = (some: readonly ReportItem[]) => ({
  ...{ ...summarize({ ...facts, items: some, upToDate: 1 }), id: 'evt_1', time: '', host: 'nas' },
});

describe('what --porcelain prints', () => {
  test('is a line for each container as Watchtower writes it', () => {
    assert.deepEqual(porcelainText('v1', finished(items), [fresh]).split('\n'), [
      'fail1 (mock/fail1:latest): Failed Error: pull access denied',
      'updt1 (mock/updt1:latest): Updated',
      'rstr1 (mock/rstr1:latest): Restarted',
      'stal1 (mock/stal1:latest): Stale',
      'skip1 (mock/skip1:latest): Skipped Error: it is pinned',
      'frsh1 (mock.example:5000/frsh1:latest): Fresh',
    ]);
    assert.equal(porcelainText('v1', finished([]), []), 'no containers matched filter');
  });

  test('is Watchtower’s object of all containers', () => {
    const { containers } = JSON.parse(porcelainText('json', finished(items), [fresh]));
    const ids = { image_id: '01d110000000', latest_image_id: 'd0a110000000' };
    assert.deepEqual(containers[0], {
      ...{ name: 'fail1', image: 'mock/fail1:latest', ...ids, state: 'Failed', update_available: true },
      error: 'pull access denied',
    });
    assert.deepEqual(containers[1], {
      name: 'updt1',
      image: 'mock/updt1:latest',
      ...ids,
      state: 'Updated',
      update_available: true,
    });
    assert.equal(containers[4].update_available, false);
    assert.deepEqual(containers[5], {
      ...{ name: 'frsh1', image: 'mock.example:5000/frsh1:latest', state: 'Fresh', update_available: false },
      ...{ image_id: '01d310000000', latest_image_id: '01d310000000' },
    });
    const unpulled = item('stal2', { state: 'available', to: { ...to, imageId: null, digest: `sha256:d16e57000000` } });
    const gone = item('gone1', { from: { ...from, imageId: null } });
    const rows = JSON.parse(porcelainText('json', finished([unpulled, gone]), [])).containers;
    assert.deepEqual(
      rows.map(({ image_id, latest_image_id }: Record<string, unknown>) => [image_id, latest_image_id]),
      [
        ['', 'd0a110000000'],
        ['01d110000000', 'd16e57000000'],
      ],
    );
    assert.equal(porcelainText('json', finished([]), []), '{\n  "containers": []\n}');
  });
});
