// Scrolls the long order log by thousands of rows a frame, then filters it; the distance of every frame.
const table = [...document.querySelectorAll('[role=table]')].find((it) => nameOf(it) === 'Order log');
const list = [...table.querySelectorAll('*')].find((it) => it.scrollHeight > it.clientHeight + 1000);
const frames = [];
window.longLog = { frames, done: false, filterMs: [], rows: Number(table.getAttribute('aria-rowcount')) };
const frame = () => new Promise((next) => requestAnimationFrame(() => next(performance.now())));
const painted = () => new Promise((next) => requestAnimationFrame(() => setTimeout(() => next(performance.now()), 0)));
void (async () => {
  list.scrollTop = 0;
  let before = await frame();
  for (let n = 1; n <= 300; n += 1) {
    list.scrollTop = (list.scrollHeight / 300) * n;
    const now = await frame();
    frames.push(Math.round(now - before));
    before = now;
  }
  const filter = document.querySelector('[aria-label="Filter the log by text"]');
  for (const text of ['FILL', 'B', '', 'no such row', '']) {
    const began = performance.now();
    filter.value = text;
    filter.dispatchEvent(new Event('input', { bubbles: true }));
    window.longLog.filterMs.push(Math.round((await painted()) - began));
  }
  window.longLog.done = true;
})();
