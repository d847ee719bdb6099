import type { Parameter } from './document.ts';

type Parameters = ReadonlyMap<string, Parameter>;

/** One of the documents has to know a parameter, and it has to be as all say who do. */
export function judgeQuery(documents: readonly Parameters[], query: URLSearchParams): string[] {
  const wrong = [...query].flatMap(([name, value]) => {
    const known = documents.flatMap((parameters) => parameters.get(name) ?? []);
    const faults = known.length === 0 ? ['is undocumented'] : known.flatMap((each) => faultsOf(each, value));
    return faults.map((fault) => `the parameter ${name} ${fault}`);
  });
  return [...new Set([...documents.flatMap((parameters) => missingIn(parameters, query)), ...wrong])];
}

function missingIn(parameters: Parameters, query: URLSearchParams): string[] {
  return [...parameters].flatMap(([name, { isRequired }]) =>
    isRequired && !query.has(name) ? [`the parameter ${name} is missing`] : [],
  );
}

function faultsOf({ type, allowed, least, most }: Parameter, value: string): string[] {
  if (!isOfType(type, value)) return [`is no ${type}`];
  return [
    ...(allowed.length > 0 && !allowed.map(String).includes(value)
      ? [`is none of ${allowed.join(', ')}`]
      : []),
    ...(least !== null && Number(value) < least ? [`is less than ${least}`] : []),
    ...(most !== null && Number(value) > most ? [`is more than ${most}`] : []),
  ];
}

function isOfType(type: string, value: string): boolean {
  switch (type) {
    case 'integer':
      return /^-?\d+$/.test(value);
    case 'boolean':
      return value === 'true' || value === 'false';
    default:
      return true;
  }
}
