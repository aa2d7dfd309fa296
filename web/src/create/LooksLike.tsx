import { useQueries } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { ask } from '../api/client'
import type { AnyRecord, Page, Plural } from '../api/types'
import { kindsByPlural } from '../kinds'
import { Avatar } from '../ui/Avatar'
import { StatusText } from '../ui/StatusIcon'
import { words } from '../words'
import { PEOPLE } from './draft'
import styles from './LooksLike.module.css'

const SETTLED_MS = 250
const SHOWN = 3

/** The leads and contacts that have the e-mail address already, as links. */
export function LooksLike({ email, onLeave }: { email: string; onLeave: () => void }) {
  const navigate = useNavigate()
  const found = usePeopleWith(useSettled(email.trim().toLowerCase()))
  return (
    <div className={styles.found} role="status">
      {found.length > 0 && <p className="muted">{words.create.looksLike}</p>}
      {found.map(({ plural, record }) => {
        const kind = kindsByPlural[plural]
        const href = `/${plural}/${record.id}`
        return (
          <a
            key={record.id}
            href={href}
            className={styles.link}
            onClick={(event) => {
              if (event.ctrlKey || event.metaKey || event.shiftKey) return
              event.preventDefault()
              onLeave()
              void navigate({ href })
            }}
          >
            <Avatar name={kind.titleOf(record)} />
            <span className="ellipsis grow">
              {kind.titleOf(record)} <span className="faint">{kind.One}</span>
            </span>
            <StatusText kind={kind} value={record[kind.statusField]} />
          </a>
        )
      })}
    </div>
  )
}

function usePeopleWith(email: string): { plural: Plural; record: AnyRecord }[] {
  const answers = useQueries({
    queries: PEOPLE.map((plural) => ({
      queryKey: [plural, 'list', 'with-email', email],
      enabled: /^[^@\s]+@[^@\s]+\.[^@\s.]{2,}$/.test(email),
      queryFn: async ({ signal }: { signal: AbortSignal }) => (await ask<Page<AnyRecord>>(`${plural}/`, { query: { email, limit: SHOWN }, signal })).data.results,
    })),
  })
  return PEOPLE.flatMap((plural, at) => (answers[at]?.data ?? []).map((record) => ({ plural, record })))
}

/** The text once it has not changed for a moment, so that typing does not ask with every letter. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), SETTLED_MS)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}
