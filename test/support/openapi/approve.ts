import type { ComplaintsReading } from '../../../simulator/observer.ts';
import type { UnsupportedReading } from '../../../simulator/unsupported.ts';

/** Fails when a simulator was asked for what it does not know, or spoke or heard what no document of Okta's has. */
export async function approve(oktaUrl: string, { isAstray = false } = {}): Promise<void> {
  const ask = async <T>(what: string) => (await (await fetch(`${oktaUrl}/__simulator/${what}`)).json()) as T;
  const { complaints } = await ask<ComplaintsReading>('complaints');
  const { parameters, paths } = await ask<UnsupportedReading>('unsupported');
  const unsupported = isAstray ? [] : Object.keys({ ...parameters, ...paths });
  const found = [
    ...Object.entries(complaints).map(([text, count]) => `${text}, ${count} times`),
    ...unsupported.map((name) => `${name}: is not simulated`),
  ];
  if (found.length > 0) throw new Error(`Okta's documents and these calls disagree:\n${found.join('\n')}`);
}
