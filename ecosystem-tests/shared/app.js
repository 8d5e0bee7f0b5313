import OpenAI from 'openai';
import { createRouter, RouterError } from 'outcome-router';
import { sqlite } from 'outcome-router/stores/sqlite';
import { work } from './work.js';

const [, , baseURL, ledger] = process.argv;
const store = ledger === undefined ? undefined : sqlite(ledger);
console.log(JSON.stringify(await work({ createRouter, RouterError, OpenAI, baseURL, store })));
