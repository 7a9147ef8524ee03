import { execFile } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { findProgram } from './programs.ts';

const forwarding = '/proc/sys/net/ipv4/ip_forward';
const families = ['iptables', 'ip6tables'] as const;

/** How an engine is to treat the machine's network, and how to undo what it does there. */
export interface HostNetwork {
  readonly flags: readonly string[];
  restore(): Promise<void>;
}

/**
 * An engine leaves its bridge, its firewall chains, packet forwarding and a FORWARD policy of DROP behind when it
 * stops. Called before it starts, this remembers how things were, unless another engine had been here before.
 */
export async function sharedBridge(): Promise<HostNetwork> {
  if (hasBridge()) return { flags: [], restore: async () => {} };
  const forward = await readFile(forwarding, 'utf8');
  const policies = await Promise.all(families.map(forwardPolicy));
  const restore = async () => {
    // Without iproute2 the idle bridge stays, which harms nobody.
    if (hasBridge()) await run('ip', ['link', 'delete', 'docker0']).catch(() => undefined);
    for (const [index, family] of families.entries()) await restoreFirewall(family, policies[index]);
    await writeFile(forwarding, forward).catch(() => undefined);
  };
  return { flags: [], restore };
}

/** A bridge under a name and with a network of its own; needs iproute2. Not `--bridge=none`: that deletes docker0. */
export async function ownBridge(): Promise<HostNetwork> {
  const name = `belfry${randomBytes(3).toString('hex')}`;
  await run('ip', ['link', 'add', name, 'type', 'bridge']);
  await run('ip', ['address', 'add', `10.${randomInt(128, 256)}.${randomInt(256)}.1/24`, 'dev', name]);
  return {
    flags: [`--bridge=${name}`, '--iptables=false', '--ip6tables=false', '--ip-forward=false'],
    restore: async () => void (await run('ip', ['link', 'delete', name])),
  };
}

function hasBridge(): boolean {
  return /^\s*docker0:/m.test(readFileSync('/proc/net/dev', 'utf8'));
}

async function restoreFirewall(family: string, policyBefore = 'ACCEPT'): Promise<void> {
  const rules = await savedRules(family);
  if (/^:DOCKER/m.test(rules)) {
    const others = rules.split('\n').filter((line) => !/^(:|-A )DOCKER|-j DOCKER|\bdocker0\b/.test(line));
    await run(`${family}-restore`, [], others.join('\n'));
  }
  const policy = await forwardPolicy(family);
  if (policy !== undefined && policy !== policyBefore) await run(family, ['-P', 'FORWARD', policyBefore]);
}

async function forwardPolicy(family: string): Promise<string | undefined> {
  return (await savedRules(family)).match(/^:FORWARD (\w+)/m)?.[1];
}

function savedRules(family: string): Promise<string> {
  return run(`${family}-save`, []).catch(() => '');
}

function run(program: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(findProgram(program) ?? program, args, (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    );
    child.stdin?.on('error', () => undefined).end(input);
  });
}
