/** Stands in for `screens/platform.ts`, outside an extension. */
export const currentTab = () => Promise.resolve(7)
export const requestSite = () => Promise.resolve(true)
export const openApp = () => Promise.resolve()
export const download = () => undefined
export const downloadText = () => undefined
export const closeWindow = () => undefined
export const printPage = () => undefined
