import { Type } from 'typebox';
import { Compile } from 'typebox/schema';
import type { Bucket } from '../domain/operations.ts';
import type { Allowance, Turn } from '../limiter/limiter.ts';
import type { Reply } from './reply.ts';

/** A turn of one bucket, for one call. */
export interface TurnOf<B extends Bucket> extends Turn {
  allowance: Allowance & { bucket: B };
}

/** What a call asks for. */
export interface Call {
  method: 'GET' | 'POST' | 'PUT';
  path: string;
  json?: unknown;
}

/** Knows what an answer has to be like. */
export interface Validator<T> {
  Check(value: unknown): value is T;
}
/** For an answer that has no body, or one that nobody looks at. */
export const anything = Compile(Type.Unknown());

/** Makes a call with its turn, once. */
export type Caller = <T>(
  answerOf: Validator<T>,
  turn: Turn,
  call: Call,
  signal?: AbortSignal,
) => Promise<Reply<T>>;
