import type { OperationFacts } from './operations.ts';

/** What an operator must have said before Portage does it; stable codes. */
export const confirmations = ['deactivate-removed', 'module-inactive'] as const;
export type Confirmation = (typeof confirmations)[number];

/** How one migration is to be done, where its operation leaves a choice. */
export interface Options {
  /** Only whose last mail is older. */
  olderThanDays?: number;
  /** Mails to people in any 60 seconds, and in any 24 hours. */
  mailsPerMinute?: number;
  mailsPerDay?: number;
  /** What is done although it can do harm. */
  confirm?: Confirmation[];
}

export type OptionName = keyof Options;

/** Equal options have equal texts. */
export function optionsKey({ olderThanDays, mailsPerMinute, mailsPerDay, confirm }: Options): string {
  return JSON.stringify({
    olderThanDays,
    mailsPerMinute,
    mailsPerDay,
    confirm: confirm?.length ? [...new Set(confirm)].sort() : undefined,
  });
}

/** What an operation does not know of these options: the path of each below them, and what is wrong. */
export function optionFaults(
  options: Options,
  { options: known = [], confirmations: askedFor = [] }: OperationFacts,
): { path: string; message: string }[] {
  const unknown = (Object.keys(options) as OptionName[])
    .filter((name) => (name === 'confirm' ? askedFor.length === 0 : !known.includes(name)))
    .map((name) => ({ path: `/${name}`, message: 'is not an option of this operation' }));
  const idle = (askedFor.length > 0 ? (options.confirm ?? []) : []).flatMap((each, i) =>
    askedFor.includes(each)
      ? []
      : [{ path: `/confirm/${i}`, message: `must be one of ${askedFor.join(', ')}` }],
  );
  return [...unknown, ...idle];
}
