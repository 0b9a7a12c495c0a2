// Finds what assistive technology finds. Put before each script of a test.
const SHOWN = {
  button: 'button, [role=button]',
  checkbox: 'input[type=checkbox], [role=checkbox]',
  combobox: 'select, [role=combobox]',
  dialog: 'dialog[open], [role=dialog], [role=alertdialog]',
  radio: 'input[type=radio], [role=radio]',
  radiogroup: '[role=radiogroup]',
  slider: 'input[type=range], [role=slider]',
  status: '[role=status], [role=alert], output',
  tab: '[role=tab]',
  table: 'table, [role=table], [role=grid]',
  textbox: 'input[type=text], input[type=password], input:not([type]), textarea, [role=textbox]',
};

function textOf(element) {
  return (element?.innerText ?? element?.textContent ?? '').replace(/\s+/g, ' ').trim();
}

/** The words inside a control, less what is hidden from assistive technology. */
function contentOf(element) {
  const copy = element.cloneNode(true);
  for (const hidden of copy.querySelectorAll('[aria-hidden=true], svg')) hidden.remove();
  return copy.textContent.replace(/\s+/g, ' ').trim();
}

function nameOf(element) {
  const by = element.getAttribute('aria-labelledby');
  if (by !== null) return by.split(/\s+/).map((id) => contentOf(document.getElementById(id))).join(' ');
  const label = element.getAttribute('aria-label');
  if (label !== null) return label;
  if (element.labels?.length > 0) return contentOf(element.labels[0]);
  if (element.matches('table')) return textOf(element.querySelector('caption'));
  return contentOf(element);
}

function roleOf(element) {
  for (const [role, selector] of Object.entries(SHOWN)) if (element.matches(selector)) return role;
  return element.tagName.toLowerCase();
}

function isReachable(element) {
  return element.getClientRects().length > 0 && element.closest('[inert], [aria-hidden=true]') === null;
}

function byRole(role, name) {
  const found = [...document.querySelectorAll(SHOWN[role])].filter((element) => isReachable(element) && nameOf(element) === name);
  if (found.length > 1) throw new Error(`${found.length} elements are ${role} "${name}"`);
  return found[0] ?? null;
}

function wordsOf(role, name) {
  const element = byRole(role, name);
  return element === null ? null : textOf(element);
}

function rowsOf(name) {
  const table = byRole('table', name);
  if (table === null) return null;
  const headers = [...table.querySelectorAll('th[scope=col], [role=columnheader]')].map(textOf);
  const rows = [...table.querySelectorAll('tr, [role=row]')].map((row) => [...row.querySelectorAll('td, th[scope=row], [role=cell], [role=rowheader]')]);
  return rows
    .filter((cells) => cells.length === headers.length)
    .map((cells) => Object.fromEntries(cells.map((cell, at) => [headers[at] || `${at}`, textOf(cell)])));
}

function rowLike(name, wanted) {
  const is = (row) => Object.entries(wanted).every(([column, words]) => (row[column] ?? '').startsWith(words));
  return rowsOf(name)?.find(is) ?? null;
}

/** Answers true as soon as the condition holds: it is asked again after every change of the page. */
function watch(condition, patienceMs, done) {
  const began = performance.now();
  let ended = false;
  const end = (answer) => {
    ended = true;
    observer.disconnect();
    done(answer);
  };
  const ask = () => {
    if (ended) return;
    if (condition()) end(true);
    else if (performance.now() - began > patienceMs) end(false);
  };
  const observer = new MutationObserver(ask);
  observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  const frame = () => {
    ask();
    if (!ended) requestAnimationFrame(frame);
  };
  frame();
}
