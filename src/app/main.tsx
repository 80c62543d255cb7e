import { render } from 'preact';
import { App } from './components/app.js';
import { startOffline } from './offline.js';
import { startColours } from './theme-events.js';
import { WorkerClient } from './worker-client.js';

const worker = new WorkerClient(
  () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'archmeter' }),
);
render(<App worker={worker} />, document.getElementById('app') as HTMLElement);
startColours();
startOffline();
