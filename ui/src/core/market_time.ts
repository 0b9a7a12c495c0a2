// Market time: wall-clock time in Chicago, where orders, sessions and limits live.

const CLOCK = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'America/Chicago',
  hourCycle: 'h23',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

const DAY = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'America/Chicago',
  weekday: 'short',
  day: '2-digit',
  month: 'short',
});

const MS_DIGITS = 3;

/** `08:30:01` for UTC text; a dash where there is none. */
export function clockTime(utc: string | null): string {
  const at = utc === null ? Number.NaN : Date.parse(utc);
  return Number.isNaN(at) ? '--:--:--' : CLOCK.format(at);
}

/** `08:30:01.250`: the milliseconds are taken from the text, which has more digits than a date. */
export function clockTimeMs(utc: string | null): string {
  const fraction = /\.(\d+)/.exec(utc ?? '')?.[1] ?? '';
  return `${clockTime(utc)}.${fraction.padEnd(MS_DIGITS, '0').slice(0, MS_DIGITS)}`;
}

/** `Mon 23 Nov`. */
export function marketDay(utc: string | null): string {
  const at = utc === null ? Number.NaN : Date.parse(utc);
  return Number.isNaN(at) ? '' : DAY.format(at).replace(',', '');
}
