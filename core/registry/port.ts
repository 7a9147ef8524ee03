/** Where an image runs, in the words of the OCI image specification. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant: string | null;
}

/** A parsed image reference. Docker Hub is `docker.io`, its official images `library/…`. */
export interface Reference {
  readonly registry: string;
  readonly repository: string;
  /** `latest` where neither tag nor digest was given; null where only a digest was. */
  readonly tag: string | null;
  readonly digest: string | null;
}

/** The part of an image's configuration that the merge of settings needs; unknown fields are kept. */
export interface ImageConfig {
  readonly [field: string]: unknown;
}

/** What a registry says of one image on one platform. */
export interface Candidate {
  /** The digest the tag points at: of an index, or of the manifest itself. */
  readonly digest: string;
  /** The digest of the platform's own manifest. */
  readonly manifestDigest: string;
  /** The digest of its configuration: the image id on engines with the classic store. */
  readonly configDigest: string;
  readonly platform: Platform;
  readonly created: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** The `config` object of the image configuration: Env, Cmd, Entrypoint, … */
  readonly config: ImageConfig;
  /** Sum of the compressed layers, in bytes. */
  readonly downloadBytes: number;
  /** The compressed layers by the digest each has unpacked; empty where the configuration does not say. */
  readonly layers?: Readonly<Record<string, number>>;
}

/** What an engine needs to pull in Belfry's name (Docker's AuthConfig). */
export type PullCredentials =
  | { readonly username: string; readonly password: string; readonly serveraddress: string }
  | { readonly identitytoken: string; readonly serveraddress: string };

/** Content of a repository: a manifest by tag or digest, or a blob by digest. */
export type Wanted = { readonly manifest: string } | { readonly blob: string };

/**
 * Questions to registries. Every failure is an AppError with a `REGISTRY_…` or `CREDENTIALS_…` code:
 * an answer that is not known is never reported as "nothing new".
 */
export interface Registry {
  /** Forgets credentials and answers of the last cycle; cached tokens and content by digest stay. */
  beginCycle(): void;
  /**
   * The digest that the reference's tag points at in this cycle: one HEAD, or a GET where HEAD is refused. Of a
   * reference without a tag it is the reference's own, and nothing is asked.
   */
  digest(reference: Reference): Promise<string>;
  /** Whether the repository has a manifest of this digest: one HEAD, and nothing where it is known to have it. */
  has(reference: Reference, digest: string): Promise<boolean>;
  /** Every tag of the reference's repository, asked for anew each time: some pages at most, each one GET. */
  tags(reference: Reference): Promise<readonly string[]>;
  /** What stands behind a digest for a platform; kept for the life of the client. */
  candidate(reference: Reference, digest: string, platform: Platform): Promise<Candidate>;
  /** Byte for byte, and what is named by its digest held to that; null where the repository has none. */
  read(reference: Reference, content: Wanted): Promise<Buffer | null>;
  /** Undefined where none are stored for the registry, or those stored proved to be of no use for it. */
  pullCredentials(reference: Reference): Promise<PullCredentials | undefined>;
}
