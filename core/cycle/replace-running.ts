import { suffixes } from './names.ts';
import { outlastStop } from './outlast-stop.ts';
import { prepare } from './prepare.ts';
import { putBack } from './put-back.ts';
import { type Strategy, stopOptions } from './strategy.ts';
import { verify } from './verify.ts';

/** Stop-first. Between the stop and the start there are two renames and nothing else. */
export const replaceRunning: Strategy = {
  async apply(context, job, progress) {
    const { engine, now } = context;
    const { original, plan } = job;
    const { name } = job.workload;

    const { Id: id } = await prepare(context, job, name + suffixes.new);
    progress.replacementId = id;

    progress.phase = 'stop';
    const stopped = now().getTime();
    await engine.stop(original.Id, stopOptions(context, job));
    await engine.rename(original.Id, name + suffixes.old);
    await engine.rename(id, name);

    progress.phase = 'start';
    await engine.start(id);
    const downtimeMs = now().getTime() - stopped;
    // Else a restart of the engine would bring both up.
    await engine.setRestartPolicy(original.Id, { Name: 'no', MaximumRetryCount: 0 });

    progress.phase = 'verify';
    await verify(context, { ...plan, workload: { ...plan.workload, id } });

    progress.phase = 'commit';
    await engine.remove(original.Id, { volumes: false });
    return downtimeMs;
  },

  async undo(context, job, { replacementId, phase }) {
    const stop = stopOptions(context, job);
    if (phase === 'stop') await outlastStop(context, job.original.Id, stop);
    return putBack(context, {
      name: job.workload.name,
      originalId: job.original.Id,
      replacementId,
      parking: suffixes.new,
      reference: job.reference,
      policy: job.original.HostConfig.RestartPolicy,
      wasRunning: job.original.State.Running,
      wasHealthy: job.original.State.Health?.Status === 'healthy',
      stop,
    });
  },
};
