/** The entry point of the page, which draws it. */
import { render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import './style.css';
import './intents.css';
import './states.css';
import './tools.css';
import { App } from './app.tsx';
import { keepPercentSigns } from './percent-signs.ts';

const root = document.querySelector('#app');
if (root !== null) {
  keepPercentSigns();
  root.replaceChildren();
  render(<App />, root);
}
