import OpenAI from 'openai';
import { createRouter, RouterError } from 'outcome-router';
import { sqlite } from 'outcome-router/stores/sqlite';
import { work } from '../shared/work.js';

const store = sqlite(`${process.argv[1]}.db`);
void work({ createRouter, RouterError, OpenAI, baseURL: process.argv[2], store }).then(result =>
  console.log(JSON.stringify(result)),
);
