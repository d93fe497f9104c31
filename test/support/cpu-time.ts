/** Milliseconds of CPU that the work takes in this process; other processes on the machine do not count. */
export function cpuMsOf(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
