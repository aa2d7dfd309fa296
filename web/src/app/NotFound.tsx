import { useQueryClient } from '@tanstack/react-query'
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router'
import { ButtonLink } from '../ui/Button'
import { Empty } from '../ui/Empty'
import { LoadError } from '../ui/LoadError'
import { words } from '../words'

/** The page of an address that the app does not have. */
export function NotFound() {
  return (
    <main id="main">
      <Empty title={words.common.notFoundTitle} text={words.common.notFoundText}>
        <ButtonLink to="/leads">{words.common.toLeads}</ButtonLink>
      </Empty>
    </main>
  )
}

/** What stands in place of a screen that failed. The rest of the app goes on. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const cache = useQueryClient()
  const retry = () => {
    void cache.resetQueries({ predicate: (query) => query.state.status === 'error' })
    reset()
    void router.invalidate()
  }
  return (
    <main id="main">
      <LoadError error={error instanceof Error ? error : new Error(String(error))} retry={retry} />
    </main>
  )
}
