// Puts a backup into an empty RELAY_DATA: `npm run relay:restore -- --from DIR`.
import { embeddedFolder, listLost, readOption, runCommand } from './backup/command.ts'
import { restoreBackup } from './backup/restore.ts'

await runCommand(async () => {
  const { dir, partly } = readOption('from', 'usage: npm run relay:restore -- --from DIR [--partly]')
  const to = embeddedFolder()
  const { pins, blocks, bytes, at, lost, lostPins } = await restoreBackup(dir, to, partly)
  console.log(
    `Restored ${pins} pins, ${blocks - lost.length} blocks of ${bytes} bytes, as of ${at}, into ${to}.`,
  )
  if (lost.length === 0) return
  console.error(`${lost.length} blocks of ${lostPins} pins are lost; their owners have to upload them again:`)
  listLost(lost)
})
