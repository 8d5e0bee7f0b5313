'use strict';
const OpenAI = require('openai');
const { createRouter, RouterError } = require('outcome-router');
const { sqlite } = require('outcome-router/stores/sqlite');

async function main([baseURL, ledger]) {
  const { work } = await import('../shared/work.js');
  const store = ledger === undefined ? undefined : sqlite(ledger);
  console.log(JSON.stringify(await work({ createRouter, RouterError, OpenAI, baseURL, store })));
}

void main(process.argv.slice(2));
