/** `outcome-router schema`: prints the SQL for a store's administrator, or the schema of a configuration for an editor. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { RouterError } from '../../errors.ts';
import { routerSchema } from '../../config/schema.ts';
import { administratorSql, restampSql, upgradeSql } from '../../stores/postgres/administration.ts';
import { jsonSchema } from '../io/json-schema.ts';
import { isSchemaName, SCHEMA_NAMES } from '../../stores/postgres/schema-name.ts';

interface SchemaFlags {
  readonly postgres?: boolean;
  readonly configuration?: boolean;
  readonly name: string;
  readonly restamp?: boolean;
  readonly upgrade?: boolean;
}

/** Adds `schema` to the program. */
export function register(program: Command): void {
  program
    .command('schema')
    .description(
      'Print the SQL with which an administrator sets up a store (tables, roles with the least rights, time limits), or the JSON schema of a configuration.',
    )
    .addOption(new Option('--postgres', 'the SQL for PostgreSQL').conflicts('configuration'))
    .addOption(
      new Option('--configuration', 'the JSON schema of router.config.json: an editor completes and checks with it'),
    )
    .option('--name <schema>', 'schema of the tables, and the start of the names of the roles', 'outcome_router')
    .addOption(
      new Option(
        '--upgrade',
        'print the SQL that upgrades tables of an earlier version; a process with the right to do so upgrades them itself',
      ).conflicts('restamp'),
    )
    .option('--restamp', 'print the SQL to run after the tables were copied to another server')
    .action(({ name, restamp, upgrade, postgres, configuration }: SchemaFlags) => {
      if (configuration === true) {
        process.stdout.write(`${JSON.stringify(jsonSchema(routerSchema), null, 2)}\n`);
        return;
      }
      if (postgres !== true)
        throw new RouterError('invalid-value', 'it is missing', {
          path: 'schema',
          accepted: '--postgres or --configuration',
        });
      if (!isSchemaName(name))
        throw new RouterError('invalid-value', `${JSON.stringify(name)} is not the name of a schema`, {
          path: '--name',
          accepted: SCHEMA_NAMES,
        });
      if (restamp === true) process.stdout.write(restampSql(name));
      else process.stdout.write(upgrade === true ? upgradeSql(name) : administratorSql(name, Date.now()));
    });
}
