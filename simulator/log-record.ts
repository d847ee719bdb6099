/** Who or what an event is about, or whose doing it is. */
export interface Party {
  readonly type: string;
  readonly id: string;
  readonly alternateId: string;
  readonly displayName: string;
}

/** Who made the call that led to an event. */
export interface Caller {
  readonly requestId: string;
  readonly actor: Party;
  /** Of an OAuth client; null with an API token. */
  readonly clientId: string | null;
  /** The id of an API token; null with an OAuth client. */
  readonly tokenId: string | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly path: string;
}

/** What there is to say about an event, short, for tens of thousands of them are kept. */
export interface Occurrence {
  readonly type: string;
  readonly targets: readonly Party[];
  /** Whose doing it is, if not the caller's. */
  readonly actor?: Party;
  /** Null is success. */
  readonly failure?: string | null;
}

export interface LogRecord extends Occurrence {
  readonly uuid: string;
  /** Wall-clock milliseconds. */
  readonly publishedMs: number;
  readonly caller: Caller | null;
}
