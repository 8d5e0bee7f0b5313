import { describe, expect, test } from 'vitest';
import { fileSizeLimit, killOnFullDisk, killWithOutages, smallFileSystem } from './kill-trials.ts';

// `npm run test:crashes` kills some hundred routers.
describe('a router that is killed', () => {
  test('a killed router has lost nothing that it acknowledged, although its store failed most of the time', async () => {
    const { acknowledged, ...result } = await killWithOutages({ kills: 3 });
    expect(result).toMatchObject({ kills: 3, lost: 0, wrongCells: 0 });
    expect(acknowledged).toBeGreaterThan(3);
  });

  test('a router that is killed on a full disk has lost nothing that it acknowledged, and has refused the rest', async () => {
    const result = await killOnFullDisk(fileSizeLimit, { kills: 1 });
    expect(result).toMatchObject({ kills: 1, lost: 0, wrongCells: 0 });
    expect(result.refused).toBeGreaterThan(0);
    expect(result.acknowledged).toBeGreaterThan(0);
    const mounted = await killOnFullDisk(smallFileSystem, { kills: 1 });
    expect(mounted).toMatchObject({ lost: 0, wrongCells: 0 });
    if (mounted.kills === 0) console.warn('only root can mount a small file system: tried with a file size limit only');
  });
});
