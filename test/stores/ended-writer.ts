/** A process that commits an intent to the file and ends by itself, without closing the store. */
import { sqlite } from '../../src/stores/sqlite.ts';
import { anIntent, changesOf } from './histories.ts';

const [path = ''] = process.argv.slice(2);
await sqlite(path).commitAll(changesOf(anIntent('a')));
