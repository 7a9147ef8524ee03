import { suffixes } from './names.ts';
import { prepare } from './prepare.ts';
import { putBack } from './put-back.ts';
import { type Strategy, stopOptions } from './strategy.ts';

/** For a workload that does not run and is not to be started: the settings proof alone proves its successor. */
export const replaceStopped: Strategy = {
  async apply(context, job, progress) {
    const { engine } = context;
    const { name } = job.workload;

    const { Id: id } = await prepare(context, job, name + suffixes.newStopped);
    progress.replacementId = id;

    progress.phase = 'stop';
    await engine.rename(job.original.Id, name + suffixes.oldStopped);
    await engine.rename(id, name);

    progress.phase = 'commit';
    await engine.remove(job.original.Id, { volumes: false });
    return 0;
  },

  undo: (context, job, { replacementId }) =>
    putBack(context, {
      name: job.workload.name,
      originalId: job.original.Id,
      replacementId,
      parking: suffixes.newStopped,
      reference: job.reference,
      policy: job.original.HostConfig.RestartPolicy,
      wasRunning: false,
      wasHealthy: false,
      stop: stopOptions(context, job),
    }),
};
