// What becomes of 200 messages on their way to a bad service, and of those that others would have sent.
import { type Result, runBelfry, runStrategy } from './delivery/run.ts';
import { fiveRetries, oneAttempt } from './delivery/strategies.ts';

const trial = { messages: 200, faults: 0.3, outage: { from: 60, to: 960 }, seed: 21, slow: true, scale: 40 };
// They connect 200 times at once, and must not fail for want of time.
const slower = { ...trial, scale: 10 };
const kills = 17;

console.log('200 messages; a service that takes 1 a second (burst 5), 30 % faults, an outage of 15 minutes');
console.log('seconds are those of a clock that runs 10 to 40 times faster than the real one\n');
tell('one attempt', await runStrategy(oneAttempt, slower));
tell('five retries, 30 s to 5 min', await runStrategy(fiveRetries, slower));
const own = await runBelfry({ ...trial, kills });
tell(`Belfry, ${kills} × SIGKILL`, own);

const { lost, duplicates, ambiguous, killsInFlight, requestsInOutage } = own;
const holds = [
  ['nothing is lost', lost === 0],
  ['duplicates are ambiguous answers and kills in flight', duplicates === ambiguous + killsInFlight],
  ['at most 20 requests in the outage', requestsInOutage <= 20],
] as const;
for (const [what, isTrue] of holds) console.log(`${isTrue ? 'ok  ' : 'FAIL'}  ${what}`);
process.exitCode = holds.every(([, isTrue]) => isTrue) ? 0 : 1;

function tell(name: string, result: Result): void {
  console.log(name);
  for (const [key, value] of Object.entries(result)) console.log(`  ${key.padEnd(17)} ${value}`);
}
