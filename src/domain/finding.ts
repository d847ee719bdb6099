import type { SubjectId } from './ids.ts';

/** error: it would not run, or be held. warning: some would fail, or somebody should know. */
export type Severity = 'error' | 'warning' | 'info';

/** One thing that a pre-flight has found; no personal data. */
export interface Finding {
  severity: Severity;
  /** Stable; made for programs. */
  code: string;
  /** What was found and what to do about it. */
  message: string;
  /** How many people or portals it is about, where it is about some. */
  count?: number;
  /** Ids of the first of them. */
  examples: SubjectId[];
}

export const MOST_EXAMPLES = 10;

/** Findings about people, each code and message once, with how many and who the first of them are. */
export class Findings {
  readonly #found = new Map<string, Finding & { count: number }>();

  add(severity: Severity, code: string, message: string, id: SubjectId): void {
    const key = `${code} ${message}`;
    const known = this.#found.get(key) ?? { severity, code, message, count: 0, examples: [] };
    known.count += 1;
    if (known.examples.length < MOST_EXAMPLES) known.examples.push(id);
    this.#found.set(key, known);
  }

  all(): Finding[] {
    return [...this.#found.values()];
  }
}

const GRAVITY: readonly Severity[] = ['error', 'warning', 'info'];

/** The gravest first, and of those what most are concerned by. */
export function sorted(findings: Finding[]): Finding[] {
  const weight = ({ severity, count = 0 }: Finding) => [GRAVITY.indexOf(severity), -count] as const;
  return findings.toSorted((a, b) => {
    const [one, other] = [weight(a), weight(b)];
    return one[0] - other[0] || one[1] - other[1];
  });
}
