import type { TestProject } from 'vitest/node'
import { startObjectStore } from './object-store.ts'
import { startPostgres } from './postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    sharedStorage: { databaseUrl: string; endpoint: string; objectsDir: string }
  }
}

/** Before the relay's tests run over PostgreSQL and an S3 store. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [postgres, objects] = await Promise.all([startPostgres(), startObjectStore()])
  project.provide('sharedStorage', {
    databaseUrl: postgres.url,
    endpoint: objects.endpoint,
    objectsDir: objects.dir,
  })
  return async () => {
    await Promise.all([postgres.stop(), objects.stop()])
  }
}
