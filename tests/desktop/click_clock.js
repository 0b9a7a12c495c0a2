// Measures each press on Buy or Sell until the row that it makes in the order log is painted.
const painted = [];
let clickedAt = null;
window.clock = { painted };
document.addEventListener(
  'click',
  (event) => {
    if (['Buy', 'Sell'].includes(nameOf(event.target.closest('button') ?? event.target))) clickedAt = event.timeStamp;
  },
  true,
);
const table = byRole('table', 'Order log');
let last = '';
new MutationObserver(() => {
  const rows = rowsOf('Order log');
  const newest = rows.length === 0 ? '' : JSON.stringify(rows[rows.length - 1]);
  if (newest === last || clickedAt === null) return;
  last = newest;
  const began = clickedAt;
  clickedAt = null;
  requestAnimationFrame(() => setTimeout(() => painted.push(Math.round(performance.now() - began)), 0));
}).observe(table, { subtree: true, childList: true, characterData: true });
