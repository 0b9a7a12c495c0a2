// Updates come whole, many times a second, and mostly say what is known already. What has not changed
// keeps its object, so that nothing that shows it is drawn again.

/** The older of two flat rows when they say the same. */
export function sameRow<Row extends object>(before: Row, after: Row): Row {
  const keys = Object.keys(after) as (keyof Row)[];
  return keys.length === Object.keys(before).length && keys.every((key) => before[key] === after[key]) ? before : after;
}

/** The older list when both say the same, else the new one with the older rows where these still hold. */
export function sameRows<Row extends object>(
  before: readonly Row[],
  after: readonly Row[],
  keyOf: (row: Row) => string,
): readonly Row[] {
  const known = new Map(before.map((row) => [keyOf(row), row]));
  const rows = after.map((row) => {
    const older = known.get(keyOf(row));
    return older === undefined ? row : sameRow(older, row);
  });
  return rows.length === before.length && rows.every((row, index) => row === before[index]) ? before : rows;
}

/** The older of two values when they say the same, however deep; parts that are the same keep their object. */
export function same<Value>(before: Value, after: Value): Value {
  if (Object.is(before, after) || !isObject(before) || !isObject(after)) return after;
  if (Array.isArray(before) !== Array.isArray(after)) return after;
  const keys = Object.keys(after);
  let changed = keys.length !== Object.keys(before).length;
  const kept: Record<string, unknown> = {};
  for (const key of keys) {
    kept[key] = same(before[key], after[key]);
    changed ||= !Object.is(kept[key], before[key]);
  }
  if (!changed) return before;
  return (Array.isArray(after) ? Object.values(kept) : kept) as Value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
