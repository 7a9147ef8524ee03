import { AppError, hasCode } from '../errors/app-error.ts';
import type { Log } from '../log.ts';
import { type Challenge, chooseChallenge } from './challenge.ts';
import type { CredentialStore, Credentials } from './credentials.ts';
import type { Hosts } from './hosts.ts';
import type { Answer, Http, Request } from './http.ts';
import { registryKey } from './reference.ts';
import type { Speak } from './speak.ts';
import { basic, createTokens, type Grant } from './token.ts';

/** A question to a registry about one repository. */
export interface Question {
  readonly host: string;
  readonly repository: string;
  readonly path: string;
  readonly request: Request;
  /** What is asked about, for messages. */
  readonly subject: string;
}

export interface Auth {
  /** The answer, after whatever proof the host demands. Never a 401: that is REGISTRY_UNAUTHORIZED. */
  ask(question: Question): Promise<Answer>;
  /** Undefined where there are none, or they proved to be of no use in this cycle. */
  credentialsOf(host: string): Promise<Credentials | undefined>;
  /** Reads credentials anew; those that were of no use get another chance. */
  beginCycle(): void;
}

export interface AuthOptions {
  readonly speak: Speak;
  readonly http: Http;
  readonly hosts: Hosts;
  readonly credentials: CredentialStore;
  readonly now: () => number;
  readonly log: Log;
}

/** An Authorization header, and the grant behind it where it holds a token. */
interface Proof {
  readonly header: string;
  readonly grant?: Grant;
}

/** Remembers what each host demands, so that no question but the first is refused for want of it. */
export function createAuth({ speak, http, hosts, credentials, now, log }: AuthOptions): Auth {
  const tokens = createTokens({ http, now });
  /** By host; null where nothing is demanded. */
  const demands = new Map<string, Challenge | null>();
  const firstQuestions = new Map<string, Promise<Answer>>();
  /** By registry: why it is asked without the credentials that were meant for it. */
  const problems = new Map<string, AppError>();

  async function ask(question: Question): Promise<Answer> {
    const first = await askFirst(question);
    const proof = first === undefined ? await prove(question, question.host) : undefined;
    const answer = first ?? (await speak(question.host, question.path, withProof(question.request, proof)));
    if (answer.status === 401) return askAgain(question, answer, proof);
    return allowed(answer, question.host);
  }

  /** The first question goes alone: the others learn the host's demand from its answer, or share its failure. */
  async function askFirst({ host, path, request }: Question): Promise<Answer | undefined> {
    if (demands.has(host)) return undefined;
    const underWay = firstQuestions.get(host);
    if (underWay !== undefined) {
      await underWay;
      return undefined;
    }
    const first = speak(host, path, request).then((answer) => {
      demands.set(host, answer.elsewhere ? null : demandOf(answer));
      return answer;
    });
    firstQuestions.set(host, first);
    try {
      return await first;
    } finally {
      firstQuestions.delete(host);
    }
  }

  async function askAgain(question: Question, refused: Answer, used: Proof | undefined): Promise<Answer> {
    // Some registries are fronts of others (lscr.io of ghcr.io): the demand is then the other one's.
    const host = refused.elsewhere ? refused.url.host : question.host;
    demands.set(host, demandOf(refused));
    if (used?.grant !== undefined) tokens.forget(used.grant);
    const proof = await prove(question, host);
    if (proof === undefined) throw await unauthorized(question, host);
    const answer = await http.send(refused.url, withProof(question.request, proof));
    if (answer.status === 401) throw await unauthorized(question, host);
    return allowed(answer, host);
  }

  async function prove({ repository }: Question, host: string): Promise<Proof | undefined> {
    const demand = demands.get(host);
    if (!demand) return undefined;
    const found = await credentialsOf(host);
    if (demand.scheme === 'basic') return found && { header: basic(found) };
    const realm = checkRealm(demand, host, found);
    return bearer({ realm, service: demand.parameters.service, repository, credentials: found }, host);
  }

  async function bearer(grant: Grant, host: string): Promise<Proof> {
    try {
      return { header: `Bearer ${await tokens.get(grant)}`, grant };
    } catch (error) {
      // The realm may have moved: the next question learns the demand anew.
      demands.delete(host);
      if (!hasCode(error, 'REGISTRY_UNAUTHORIZED')) throw error;
      if (!grant.credentials?.shared) throw problems.get(registryKey(host)) ?? error;
      setAside(host, error);
      return bearer({ ...grant, credentials: undefined }, host);
    }
  }

  async function credentialsOf(host: string): Promise<Credentials | undefined> {
    if (problems.has(registryKey(host))) return undefined;
    try {
      return await credentials.of(host);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      setAside(host, error);
      return undefined;
    }
  }

  /** Public images need no credentials, so the problem counts only where the registry insists. */
  function setAside(host: string, problem: AppError): void {
    const key = registryKey(host);
    if (!problems.has(key)) log.warn(`${key} is asked without credentials: ${problem.message}`, { code: problem.code });
    problems.set(key, problem);
  }

  function checkRealm({ parameters }: Challenge, host: string, found: Credentials | undefined): URL {
    const { realm = '' } = parameters;
    const url = URL.canParse(realm) ? new URL(realm) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol)) {
      throw new AppError('REGISTRY_ANSWER_INVALID', `${host} demands a token, but its realm is not an address.`);
    }
    const sameMachine = url.hostname === new URL(`https://${host}`).hostname && hosts.insecure(host);
    if (found === undefined || url.protocol === 'https:' || sameMachine || hosts.insecure(url.host)) return url;
    const message = `${host} wants its credentials sent to ${url.host} without encryption; they were not sent.`;
    throw new AppError('REGISTRY_UNAUTHORIZED', message);
  }

  function allowed(answer: Answer, host: string): Answer {
    const problem = answer.status === 403 ? problems.get(registryKey(host)) : undefined;
    if (problem !== undefined) throw problem;
    return answer;
  }

  async function unauthorized({ subject }: Question, host: string): Promise<AppError> {
    const found = await credentialsOf(host);
    const says = found === undefined ? 'wants credentials, and none were found' : `refuses those from ${found.source}`;
    return (
      problems.get(registryKey(host)) ?? new AppError('REGISTRY_UNAUTHORIZED', `${subject}: ${host} ${says} (401).`)
    );
  }

  function beginCycle(): void {
    problems.clear();
    credentials.forget();
  }

  return { ask, credentialsOf, beginCycle };
}

function demandOf({ status, headers }: Answer): Challenge | null {
  return (status === 401 ? chooseChallenge(headers['www-authenticate']) : undefined) ?? null;
}

function withProof(request: Request, proof: Proof | undefined): Request {
  return proof === undefined ? request : { ...request, headers: { ...request.headers, authorization: proof.header } };
}
