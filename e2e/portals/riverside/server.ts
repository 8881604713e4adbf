// Riverside Regional Hospital: a demonstration of a second hospital that checks what another deposits.
// A process of its own; what it needs is configured by environment variables (../kit/config.ts).
import { runReviewDesk } from '../kit/review-desk.ts'

await runReviewDesk({
  key: 'riverside',
  title: 'Second opinions – Riverside Regional Hospital',
  reviewer: 'Nurse Inés Carrasco',
  page: new URL('./page/', import.meta.url),
  style: 'riverside.css',
})
