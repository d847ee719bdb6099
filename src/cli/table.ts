/** Columns under their headings, numbers to the right. */
export function table(headings: string[], rows: (string | number | null)[][]): string {
  const texts = [headings, ...rows.map((row) => row.map((cell) => String(cell ?? '-')))];
  const widths = headings.map((_, i) => Math.max(...texts.map((row) => row[i]?.length ?? 0)));
  const isNumber = headings.map((_, i) => rows.every((row) => typeof row[i] !== 'string'));
  return texts
    .map((row) =>
      row
        .map((text, i) => (isNumber[i] ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
