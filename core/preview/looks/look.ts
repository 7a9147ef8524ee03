/** One thing that is sent. */
export interface Sent {
  /** As the notifier gives it: a request, or what stands in the place of one. */
  readonly whole: unknown;
  /** The body of a request, read where it is JSON; else the whole. */
  readonly body: unknown;
}

/** How one kind of service shows what it is sent. It goes by the shape, so that it serves every plugin that sends such. */
export interface Look {
  /** The class of its styles. */
  readonly name: string;
  readonly fits: (sent: Sent) => boolean;
  /** As HTML in which everything from elsewhere is escaped. */
  readonly html: (sent: Sent, theme: Theme) => string;
}

export const themes = ['light', 'dark'] as const;
export type Theme = (typeof themes)[number];
