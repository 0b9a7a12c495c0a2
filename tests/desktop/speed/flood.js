// Orders without pause, through the same commands that the buttons use: eight rows for a buy and the
// sell that closes it. And the distance of every frame from the one before.
const { invoke } = window.__TAURI_INTERNALS__;
const ROWS_PER_PAIR = 8;
const order = { symbol: 'ES', qty: '1', type: 'MARKET' };
const frames = [];
let pairs = 0;
let running = true;
let before = performance.now();
const began = before;
const rows = () => Number((document.body.innerText.match(/(\d[\d,. ]*) rows/) ?? ['', '0'])[1].replace(/\D/g, ''));

function frame() {
  const now = performance.now();
  frames.push(Math.round(now - before));
  before = now;
  // As many pairs as the time since the start asks for.
  const due = ((now - began) / 1000) * (ROWS_PER_S / ROWS_PER_PAIR);
  for (; pairs < due; pairs += 1) {
    void invoke('placeBuy', { order }).then(() => invoke('placeSell', { order }));
  }
  if (running) rawFrame(frame);
}
rawFrame(frame);
window.flood = {
  look() {
    const { ms, calls } = window.scripting;
    return { frames, sent: pairs * ROWS_PER_PAIR, scriptMs: Math.round(ms), calls };
  },
  rows,
  end() {
    running = false;
  },
};
