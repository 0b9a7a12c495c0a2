// Sizes of files, as people read them.

const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'] as const;

/** A whole number of bytes, as the desk writes it. Steps of 1024; one decimal from KB on. */
export function showBytes(text: string): string {
  if (!/^\d{1,18}$/.test(text)) return text;
  let value = Number(text);
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}
