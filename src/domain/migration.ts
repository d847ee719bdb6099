import type { HoldCause } from './hold.ts';
import type { MigrationId } from './ids.ts';
import type { Operation } from './operations.ts';
import type { Options } from './options.ts';
import type { Selection } from './selection.ts';
import type { SkippedBy } from './skip.ts';

/**
 * running: rows are offered to the workers. held: Portage stopped it and says why. paused: an operator
 * stopped it. finished: a whole pass over the table found nothing left to do.
 */
export const migrationStates = ['running', 'held', 'paused', 'finished'] as const;
export type MigrationState = (typeof migrationStates)[number];

/** Subjects, not references; `skipped` are left out by a rule and not part of `eligible`. */
export interface Counts {
  eligible: number;
  /** Of whom nothing is left to do. */
  done: number;
  failed: number;
  skipped: number;
  skippedBy: SkippedBy;
}

/** Counting a million people takes seconds: the counts are stored with their time, not made anew each time. */
export interface TimedCounts extends Counts {
  at: Date;
  tookMs: number;
}

/** How many people were done at a moment, to tell the rate. */
export interface Sample {
  atMs: number;
  done: number;
}

/** One run of one operation on one installation, as Portage's database has it. */
export interface Migration {
  id: MigrationId;
  installation: string;
  operation: Operation;
  selection: Selection;
  options: Options;
  state: MigrationState;
  heldCause: HoldCause | null;
  /** Why it is held. */
  heldReason: string | null;
  /** How often failures were forgotten, for their people to be looked for again. */
  looks: number;
  /** Where the reconcile loop is. */
  cursor: Cursor;
  counts: TimedCounts | null;
  samples: Sample[];
  createdAt: Date;
  /** Name of the API key; null for the migrations of before it was kept. */
  createdBy: string | null;
  finishedAt: Date | null;
}

/** The loop pages through the installation's table by id, again and again, until a pass finds nothing. */
export interface Cursor {
  pass: number;
  /** The last id of the last page. */
  afterId: number;
  /** Rows of this pass that were neither done nor failed. */
  found: number;
  /** With a selection's `first`: the last id that belongs to it, once known. */
  throughId: number | null;
  /** When this pass came to the end of the table; the next one starts a while later. */
  restingSince: Date | null;
}

export const remainingOf = ({ eligible, done, failed }: Counts): number =>
  Math.max(0, eligible - done - failed);
