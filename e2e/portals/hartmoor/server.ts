// Hartmoor University Hospital: a demonstration of a hospital that checks what another deposits.
// A process of its own; what it needs is configured by environment variables (../kit/config.ts).
import { runReviewDesk } from '../kit/review-desk.ts'

await runReviewDesk({
  key: 'hartmoor',
  title: 'External review worklist – Hartmoor University Hospital',
  reviewer: 'K. Adeyemi, Clinical Data Quality',
  page: new URL('./page/', import.meta.url),
  style: 'worklist.css',
})
