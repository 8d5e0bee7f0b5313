/** The temporary files of the tests are in memory. Those of the trials, which kill processes that write, are on the disk. */
import { afterAll } from 'vitest';
import { hasRoomInMemory, MEMORY } from './memory-file-system.ts';

if (hasRoomInMemory()) {
  const outer = process.env['TMPDIR'];
  process.env['TMPDIR'] = MEMORY;
  afterAll(() => {
    if (outer === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = outer;
  });
}
