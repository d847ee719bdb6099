/** A text for each name that a template may hold in braces. */
export type Placeholders<Names extends readonly string[]> = Readonly<Record<Names[number], string>>;

/** Fills in what stands in braces; the configuration's faults have shown that all of it is known. */
export function render(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (written, name: string) => values[name] ?? written);
}

/** The names that a template holds in braces, known or not. */
export function placeholdersIn(template: string): string[] {
  return [...template.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name);
}
