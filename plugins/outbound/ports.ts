/**
 * The ports that are asked without a rule: 80, 443, and from 1024 on those that are not known to speak something else.
 * Below 1024 everything else is a service of the network; a rule with the port opens any of these.
 */

/** Those that browsers refuse too, then remote shells and desktops, data stores, queues, and what runs machines. */
const others: ReadonlySet<number> = new Set([
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10_080,
  3389, 5900, 5985, 5986,
  1433, 1521, 3306, 5432, 5984, 6379, 6380, 7000, 7001, 7474, 7687, 8086, 9042, 9160, 9200, 9300, 11_211, 26_257, 27_017, 27_018, 28_017, 50_000,
  1883, 4222, 5671, 5672, 8883, 9092, 15_672, 61_613, 61_616,
  2181, 2375, 2376, 2377, 2379, 2380, 4646, 6443, 8200, 8300, 8301, 8500, 9100, 10_250, 10_255, 10_256, 18_789, 19_789,
])

export const isWebPort = (port: number): boolean => port === 80 || port === 443 || (port >= 1024 && !others.has(port))
