// Measures each press on Buy or Sell until the row that it makes in the order log is painted and in sight.
const painted = [];
let clickedAt = null;
window.clock = { painted };
document.addEventListener(
  'click',
  (event) => {
    const name = nameOf(event.target.closest('button') ?? event.target);
    if (name === 'Buy' || name === 'Sell') clickedAt = event.timeStamp;
  },
  true,
);
/** Cheap on purpose: it is asked after every change of the page, the prices' too. */
function newestRow() {
  const rows = document.querySelectorAll('[role=row][data-action]');
  return rows[rows.length - 1] ?? null;
}
const numberOf = (row) => Number(row?.getAttribute('aria-rowindex') ?? 0);
function isInSight(row) {
  const place = row.getBoundingClientRect();
  const panel = row.closest('section').getBoundingClientRect();
  return place.top >= panel.top && place.bottom <= panel.bottom;
}
// A page is painted at the end of the task in which its frame's callbacks run. So the first task after a
// change in such a callback comes after the paint; a change at another time waits for the next frame.
let inFrame = false;
const rawFrame = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (work) =>
  rawFrame((now) => {
    inFrame = true;
    setTimeout(() => (inFrame = false), 0);
    work(now);
  });
function afterPaint(work) {
  if (inFrame) setTimeout(work, 0);
  else rawFrame(() => setTimeout(work, 0));
}
function record(began) {
  const row = newestRow();
  if (row !== null && numberOf(row) >= seen && isInSight(row)) painted.push(Math.round(performance.now() - began));
  else rawFrame(() => setTimeout(() => record(began), 0));
}
let seen = numberOf(newestRow());
const observer = new MutationObserver(() => {
  const newest = numberOf(newestRow());
  if (newest <= seen) return;
  seen = newest;
  if (clickedAt === null) return;
  const began = clickedAt;
  clickedAt = null;
  afterPaint(() => record(began));
});
// Kept: a watcher that nothing holds may be collected.
window.clock.observer = observer;
observer.observe(document.body, { subtree: true, childList: true });
