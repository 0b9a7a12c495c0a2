import './styles/tokens.css';
import './styles/base.css';
import { mount } from 'svelte';
import App from './App.svelte';
import type { Backend } from './backend/backend';

/** Inside the shell the desk answers; in a plain browser a script does, and the header says so. */
async function chooseBackend(): Promise<Backend> {
  if ('__TAURI_INTERNALS__' in window) return (await import('./backend/tauri')).shell;
  const { ScriptedBackend } = await import('./backend/scripted');
  const query = new URLSearchParams(location.search);
  return new ScriptedBackend({
    seed: query.get('seed') ?? '1',
    exitsStayOpen: query.has('exits-stay-open'),
    logRows: Number(query.get('log-rows') ?? 0),
    notice: query.get('notice'),
  });
}

const target = document.querySelector('#app');
if (target !== null) {
  const backend = await chooseBackend();
  mount(App, { target, props: { backend } });
}
