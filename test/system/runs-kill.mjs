// node test/system/runs-kill.mjs [TIMES] [SEED]   (needs `npm run build`)
import { createJiti } from 'jiti'

const { killRuns } = await createJiti(import.meta.url).import('./runs-kill.ts')
const [times = '500', seed = '1'] = process.argv.slice(2)
const report = await killRuns({ times: Number(times), seed: Number(seed), tell: (line) => console.log(line) })
console.log(`killed ${report.kills} times (${report.atStart} of them at the start): ${report.acknowledged} messages acknowledged, all there and in order; ${report.finished} answers seen, ${report.cutOff} runs reported as cut off; ${report.effects} effects, none twice`)
