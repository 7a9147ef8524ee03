import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { makeCertificate } from '../registry/certificate.ts';

export interface MailServer {
  readonly port: number;
  /** What its certificate is to be verified by, in PEM. */
  readonly ca: string;
  /** The next mail that arrives in a mailbox, byte for byte. */
  arrived(mailbox: string): Promise<Buffer>;
  /** What the server has logged so far. */
  readonly log: () => string;
  close(): Promise<void>;
}

const run = promisify(execFile);
const domain = 'belfry.test';
const patience = 60_000;

/**
 * A real Postfix on the loopback: it takes mail only after STARTTLS, and only for mailboxes it has, and delivers into
 * folders. Needs root, as Postfix does.
 */
export async function openPostfix(mailboxes: readonly string[]): Promise<MailServer> {
  const folder = mkdtempSync('/tmp/belfry-postfix-');
  chmodSync(folder, 0o755);
  const certificate = makeCertificate();
  const port = await freePort();
  const settings = settingsOf(folder, mailboxes);
  const inFolder = (name: string) => join(folder, name);
  writeFileSync(inFolder('log'), '');
  writeFileSync(inFolder('main.cf'), settings.map(([key, value]) => `${key} = ${value}\n`).join(''));
  writeFileSync(inFolder('master.cf'), `127.0.0.1:${port} inet n - n - - smtpd\n${services}`);
  writeFileSync(inFolder('tls.pem'), certificate.key + certificate.certificate, { mode: 0o600 });
  for (const name of ['queue', 'data', 'mail']) mkdirSync(inFolder(name));
  chownSync(inFolder('data'), numberOf('postfix', '-u'), 0);
  chownSync(inFolder('mail'), nobody, nobody);
  const postfix = (command: string) => run('postfix', ['-c', folder, command]);
  const log = () => readFileSync(inFolder('log'), 'utf8');
  const close = async () => {
    await postfix('stop').catch(() => undefined); // It may not have started.
    certificate.remove();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await postfix('start');
    await until(() => answers(port), log);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    port,
    ca: certificate.certificate,
    log,
    close,
    async arrived(mailbox) {
      const fresh = join(folder, 'mail', mailbox, 'new');
      const first = () => listed(fresh)[0];
      await until(async () => first() !== undefined, log);
      const path = join(fresh, first() ?? '');
      const mail = readFileSync(path);
      rmSync(path);
      return mail;
    },
  };
}

/** Who owns nothing else owns the mailboxes. */
const nobody = 65_534;

function settingsOf(folder: string, mailboxes: readonly string[]): readonly (readonly [string, string | number])[] {
  return [
    ...([
      ['compatibility_level', '3.6'],
      ['queue_directory', `${folder}/queue`],
      ['data_directory', `${folder}/data`],
      ['maillog_file', `${folder}/log`],
      ['maillog_file_prefixes', folder],
      ['myhostname', `mail.${domain}`],
      ['mydestination', ''],
      ['inet_interfaces', 'loopback-only'],
      ['inet_protocols', 'ipv4'],
      ['alias_maps', ''],
      ['smtpd_relay_restrictions', 'reject_unauth_destination'],
      ['smtpd_tls_security_level', 'encrypt'],
      ['smtpd_tls_chain_files', `${folder}/tls.pem`],
      ['virtual_mailbox_domains', domain],
    ] as const),
    ['virtual_mailbox_maps', `inline:{ ${mailboxes.map((name) => `${name}@${domain}=${name}/`).join(', ')} }`],
    ['virtual_mailbox_base', `${folder}/mail`],
    ...(['virtual_uid_maps', 'virtual_gid_maps'] as const).map((key) => [key, `static:${nobody}`] as const),
  ];
}

const services = `cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
`;

const numberOf = (user: string, flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', () => end(true)).once('error', () => end(false));
  });
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

async function until(holds: () => Promise<boolean>, log: () => string): Promise<void> {
  const begin = Date.now();
  while (!(await holds())) {
    if (Date.now() - begin > patience) throw new Error(`Postfix does not do it within a minute:\n${log()}`);
    await wait(50);
  }
}
