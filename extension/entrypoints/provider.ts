import { defineUnlistedScript } from 'wxt/utils/define-unlisted-script'
import { startPageProvider } from '../provider/provider.ts'

/** Runs in the page's own world, on invited sites only. */
export default defineUnlistedScript(() => startPageProvider())
