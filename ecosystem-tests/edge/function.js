import OpenAI from 'openai';
import { createRouter, RouterError } from 'outcome-router';
import { memory } from 'outcome-router/stores/memory';
import { work } from '../shared/work.js';

export async function handle(baseURL) {
  return JSON.stringify(await work({ createRouter, RouterError, OpenAI, baseURL, store: memory() }));
}
