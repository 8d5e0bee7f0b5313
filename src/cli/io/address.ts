/** Ledger addresses on the command line. They may contain a password that no output may show. */

/** Whether a ledger is named by an address, and not by a file. A mistyped address counts as an address that no store accepts. */
export function isAddress(ledger: string): boolean {
  return /^[a-z][a-z\d+.-]*:\/\//i.test(ledger) || isMistyped(ledger);
}

/**
 * `postgres:/me:secret@host/database`, `me:secret@host`: an address with a typing error. A path that begins like one
 * (`./a:b@c.db`) is a file.
 */
function isMistyped(text: string): boolean {
  return /^(?!-|\.{0,2}[/\\]|[a-z]:[/\\]|[a-z][a-z\d+.-]*:\/\/)(?:postgres(?:ql)?:|\S*:\S*@)/i.test(text);
}

/** Whether the name is the address of a PostgreSQL database. */
export function isPostgres(ledger: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(ledger);
}

/** Parameters that identify the ledger. All others may be secret. */
const SHOWN_PARAMETERS = ['host', 'port', 'schema'];

/** A ledger's name as it may be shown: a file unchanged, an address without its password and most parameters. */
export function shownLedger(ledger: string): string {
  const [, scheme, , rest = ''] = /^([a-z][a-z\d+.-]*:\/\/)([^/?#]*)(.*)$/is.exec(ledger) ?? [];
  if (scheme === undefined) return isMistyped(ledger) ? '…' : ledger;
  const url = URL.parse(ledger);
  // An @ after the host: the password had a special character that was not encoded, and this text could be a part of it.
  if (url === null || rest.includes('@')) return `${scheme}…`;
  const user = url.username === '' ? '' : `${url.username}@`;
  const shown = new URLSearchParams([...url.searchParams].filter(([name]) => SHOWN_PARAMETERS.includes(name)));
  return `${url.protocol}//${user}${url.host}${url.pathname}${shown.size === 0 ? '' : `?${shown.toString()}`}`;
}

/** A text that is the same for all addresses of one ledger, independent of the user. */
export function sameAddress(address: string): string {
  const { hostname = '', port = '', pathname = '', searchParams } = URL.parse(address) ?? {};
  const given = (name: string): string => searchParams?.get(name) ?? '';
  return JSON.stringify([
    hostname.toLowerCase() || given('host'),
    port || given('port') || '5432',
    decodeURIComponent(pathname),
    given('schema'),
  ]);
}

/** The addresses among the arguments of a command line. */
export function addressesIn(args: readonly string[]): readonly string[] {
  return args
    .map(arg => arg.replace(/^--[\w-]+=/, ''))
    .flatMap(arg => (isMistyped(arg) ? arg : (/[a-z][a-z\d+.-]*:\/\/.*/is.exec(arg)?.[0] ?? [])))
    .filter(hasSecrets);
}

/**
 * The text in which every address that may contain a password is replaced as by {@link shownLedger}. Punctuation at its end
 * belongs to the sentence.
 */
export function withoutPasswords(text: string, known: readonly string[] = []): string {
  const named = known.reduce((left, address) => left.replaceAll(address, shownLedger(address)), text);
  return named.replaceAll(/[a-z][a-z\d+.-]*:\/\/[^\s"'`\\]*[^\s"'`\\,.;:)]/gi, address =>
    hasSecrets(address) ? shownLedger(address) : address,
  );
}

/** The address of a web page contains no password. Neither does an address without a user and parameters. */
function hasSecrets(address: string): boolean {
  if (isMistyped(address)) return true;
  return isPostgres(address) ? /[@?#]/.test(address) : /:\/\/[^/?#]*:[^/?#]*@/.test(address);
}
