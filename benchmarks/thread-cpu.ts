/**
 * CPU that this thread has used, in µs. While nothing else wants the processor, Linux brings a thread's figure up to date only
 * with its ticks, 4 ms apart. Asking for that of the process brings the thread's up to date as well.
 */
export function threadCpuUs(): number {
  process.cpuUsage();
  const { user, system } = process.threadCpuUsage();
  return user + system;
}
