/** Asked of a tab's document after the background has slept; answered by `true` while the document is there. */
export const PRESENCE = 'carekey-present'
