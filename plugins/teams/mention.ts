interface Mention {
  readonly type: 'mention';
  /** Stands in a text of the card as it is. */
  readonly text: string;
  readonly mentioned: { readonly id: string; readonly name: string };
}

/** `Ada Lovelace <ada@example.org>` as Teams calls somebody; null where it is written otherwise. */
export function mentionOf(who: string): Mention | null {
  const [, name = '', id = ''] = /^\s*([^<>]+?)\s*<([^\s<>]+)>\s*$/.exec(who) ?? [];
  return id === '' ? null : { type: 'mention', text: `<at>${name}</at>`, mentioned: { id, name } };
}
