// A long order log: what scrolling through it costs a frame, and how long a filter takes.
const first = () => document.querySelector('[role=row][data-action]');
function viewport() {
  for (let box = first()?.parentElement; box; box = box.parentElement) if (box.scrollHeight > box.clientHeight * 2) return box;
  throw new Error('the order log does not scroll');
}
const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));

/** Frames while it scrolls: by some rows a frame, as a wheel does, and by far, as a dragged bar does. */
async function scroll(px, frames) {
  const box = viewport();
  const seen = [];
  let empty = 0;
  let at = 0;
  let before = null;
  for (let frame = 0; frame < frames; frame += 1) {
    at = (at + px) % (box.scrollHeight - box.clientHeight);
    box.scrollTop = at;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    if (before !== null) seen.push(Math.round(now - before));
    before = now;
    if (first() === null) empty += 1;
  }
  return { seen, empty };
}

/** From the change of the field to the painted answer. */
async function filter(words) {
  const field = byRole('textbox', 'Filter the log by text');
  const put = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
  const took = [];
  for (const word of words) {
    const began = performance.now();
    put.call(field, word);
    field.dispatchEvent(new Event('input', { bubbles: true }));
    await painted();
    took.push(Math.round(performance.now() - began));
    await new Promise((done) => setTimeout(done, 200));
  }
  return took;
}
