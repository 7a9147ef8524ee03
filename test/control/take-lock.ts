// Takes the lock of a folder when told to, says whether it has it, and holds it until its input ends.
import { takeLock } from '../../core/control/lock.ts';

process.stdout.write('ready\n');
process.stdin.on('data', async () => {
  const lock = await takeLock(process.argv[2] ?? '');
  process.stdout.write(lock.held ? 'held\n' : 'running\n');
});
process.stdin.on('end', () => process.exit(0));
