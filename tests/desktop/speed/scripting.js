// How long the page's own script works: what the desk's events and answers, frames and timers start, with
// what follows each before the page is free again. The page's clock ticks in milliseconds; over many of
// them the mean is right though each is not.
const scripting = { ms: 0, calls: 0 };
let open = false;
function timed(work) {
  if (typeof work !== 'function') return work;
  return function (...given) {
    if (open) return work.apply(this, given);
    open = true;
    const began = performance.now();
    const end = () => {
      open = false;
      scripting.ms += performance.now() - began;
      scripting.calls += 1;
    };
    try {
      return work.apply(this, given);
    } finally {
      // The framework does its work right after, before the page draws.
      queueMicrotask(() => queueMicrotask(end));
    }
  };
}
const rawFrame = window.requestAnimationFrame.bind(window);
const rawTimer = window.setTimeout.bind(window);
window.requestAnimationFrame = (work) => rawFrame(timed(work));
window.setTimeout = (work, ...rest) => rawTimer(timed(work), ...rest);
const { callbacks } = window.__TAURI_INTERNALS__;
callbacks.get = function (id) {
  return timed(Map.prototype.get.call(this, id));
};
window.scripting = scripting;
