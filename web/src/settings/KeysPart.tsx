import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { ask, write } from '../api/client'
import type { ApiKey, Page } from '../api/types'
import { Bone } from '../ui/Bone'
import { Button } from '../ui/Button'
import { Empty } from '../ui/Empty'
import { LoadError } from '../ui/LoadError'
import { tell, tellRefusal } from '../ui/toast'
import { words } from '../words'
import { formatAge, formatDay, formatFullTime } from '../words/format'
import { ConfirmDialog } from './ConfirmDialog'
import { MakeKeyDialog } from './MakeKeyDialog'
import styles from './Settings.module.css'

const PAGE_SIZE = 100

/** The keys of programs, for admins. */
export function KeysPart() {
  const cache = useQueryClient()
  const [isMaking, setMaking] = useState(false)
  const [leaving, setLeaving] = useState<ApiKey>()
  const { data, error, refetch, hasNextPage, fetchNextPage } = useKeys()
  const refresh = () => void cache.invalidateQueries({ queryKey: ['keys'] })
  const revoke = async (key: ApiKey) => {
    try {
      await write(`keys/${key.id}/`, { method: 'DELETE' })
      tell(words.apiKeys.revoked)
      refresh()
    } catch (refusal) {
      tellRefusal(words.common.notSaved, refusal)
    }
  }
  if (data === undefined) return error === null ? <Bone /> : <LoadError error={error} retry={() => void refetch()} />
  const keys = data.pages.flatMap((page) => page.results)
  const { apiKeys } = words
  return (
    <>
      <div className={styles.top}>
        <p className="muted grow">{apiKeys.text}</p>
        <Button look="primary" onClick={() => setMaking(true)}>
          <KeyRound aria-hidden />
          {apiKeys.make}
        </Button>
      </div>
      {keys.length === 0 ? <Empty title={apiKeys.emptyTitle} text={apiKeys.emptyText} /> : <KeyTable keys={keys} onRevoke={setLeaving} />}
      {hasNextPage && <Button onClick={() => void fetchNextPage()}>{words.common.more}</Button>}
      {isMaking && <MakeKeyDialog onClose={() => setMaking(false)} onDone={refresh} />}
      {leaving !== undefined && (
        <ConfirmDialog title={apiKeys.revokeTitle(leaving.name)} text={apiKeys.revokeText} action={apiKeys.revokeNow} onClose={() => setLeaving(undefined)} onConfirm={() => void revoke(leaving)} />
      )}
    </>
  )
}

function KeyTable({ keys, onRevoke }: { keys: readonly ApiKey[]; onRevoke: (key: ApiKey) => void }) {
  const { apiKeys } = words
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{apiKeys.name}</th>
          <th scope="col" className={styles.optional}>
            {apiKeys.hint}
          </th>
          <th scope="col" className={styles.optional}>
            {apiKeys.scopes}
          </th>
          <th scope="col">{apiKeys.lastUsed}</th>
          <th scope="col" className={styles.optional}>
            {apiKeys.ends}
          </th>
          <td />
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.id} className={key.revokedAt === null ? undefined : styles.off}>
            <th scope="row">{key.name}</th>
            <td className={styles.optional}>{key.hint}</td>
            <td className={styles.optional}>{key.scopes?.join(', ') ?? apiKeys.everything}</td>
            <td className="num">
              {key.lastUsedAt === null ? apiKeys.never : <time title={formatFullTime(key.lastUsedAt)}>{formatAge(key.lastUsedAt)}</time>}
            </td>
            <td className={`${styles.optional} num`}>{key.expiresAt === null ? apiKeys.never : formatDay(key.expiresAt)}</td>
            <td>{key.revokedAt === null ? <Button onClick={() => onRevoke(key)}>{apiKeys.revoke}</Button> : apiKeys.revoked}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function useKeys() {
  return useInfiniteQuery({
    queryKey: ['keys'],
    initialPageParam: 0,
    queryFn: async ({ pageParam, signal }) => (await ask<Page<ApiKey>>('keys/', { query: { limit: PAGE_SIZE, offset: pageParam }, signal })).data,
    getNextPageParam: (page, pages) => (page.next === null ? undefined : pages.length * PAGE_SIZE),
  })
}
