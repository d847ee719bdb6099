/** One of EFS' `iam_` settings; null: it is not set. */
export interface Setting {
  key: string;
  value: string | null;
}

/** What became of a write. That it is `written` is only what the writer says: see `changeSetting`. */
export type Written = { kind: 'written' } | { kind: 'failed'; why: string };

/** An installation's `iam_` settings, wherever it keeps them. Reading throws when that is not possible. */
export interface Settings {
  /** Those that are set, by key; of a command that reads, those that Portage knows of. */
  list(): Promise<Setting[]>;
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<Written>;
}

/** Settings could not be read. Its message holds neither a value nor anything that a command has printed. */
export class SettingsUnreadable extends Error {
  override name = 'SettingsUnreadable';
}
