/** The temporary files of the tests are in memory. The trials, which kill what writes, have theirs on the disk. */
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
