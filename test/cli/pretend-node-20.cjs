// Preloaded into a child process: the version check then sees an older Node.
Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });
