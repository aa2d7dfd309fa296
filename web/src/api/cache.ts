import { QueryClient } from '@tanstack/react-query'
import { Offline, Problem } from './client'

const FIRST_RETRY_MS = 400
const LAST_RETRY_MS = 8000

/** Makes the cache of what the server answered. It asks again for as long as the server is away or busy. */
export function makeCache(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        refetchOnWindowFocus: false,
        networkMode: 'always',
        retry: (failures, error) => error instanceof Offline || (error instanceof Problem && error.status >= 500 && failures < 5),
        retryDelay: (failures, error) =>
          error instanceof Problem && error.retryAfterSeconds > 0
            ? error.retryAfterSeconds * 1000
            : Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures),
      },
      mutations: { networkMode: 'always', retry: false },
    },
  })
}
