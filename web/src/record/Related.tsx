import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ask } from '../api/client'
import type { Query } from '../api/query'
import type { AnyRecord, Page, Plural } from '../api/types'
import { kindsByPlural, type KindSpec } from '../kinds'
import { Avatar } from '../ui/Avatar'
import { StatusText } from '../ui/StatusIcon'
import { words } from '../words'
import { formatAmount, formatNumber } from '../words/format'
import { RecordLink } from './RecordLink'
import styles from './Related.module.css'

const SHOWN = 5

/** The lists within a record: an account's contacts and opportunities, a contact's opportunities. */
export function Related({ kind, record }: { kind: KindSpec; record: AnyRecord }) {
  switch (kind.plural) {
    case 'accounts':
      return (
        <>
          <InnerList plural="contacts" path={`accounts/${record.id}/contacts/`} filter={{ accountId: record.id }} />
          <InnerList plural="opportunities" path="opportunities/" filter={{ accountId: record.id }} />
        </>
      )
    case 'contacts':
      return <InnerList plural="opportunities" path="opportunities/" filter={{ contactId: record.id }} />
    default:
      return null
  }
}

function InnerList({ plural, path, filter }: { plural: Plural; path: string; filter: Query }) {
  const kind = kindsByPlural[plural]
  const query = path === 'opportunities/' ? filter : {}
  const found = useQuery({
    queryKey: [plural, 'list', 'inner', filter],
    queryFn: async ({ signal }) => (await ask<Page<AnyRecord>>(path, { query: { ...query, limit: SHOWN }, signal })).data,
  }).data
  if (found === undefined) return null
  return (
    <section className={styles.inner} aria-label={kind.Many}>
      <h3>
        {kind.Many} <span className={`${styles.count} num`}>{formatNumber(found.count)}</span>
        {found.count > SHOWN && (
          <Link to={`/${plural}`} search={filter} className={styles.all}>
            {words.record.showAll}
          </Link>
        )}
      </h3>
      {found.count === 0 && <p className="faint">{words.record.noneYet}</p>}
      <ul>
        {found.results.map((record) => (
          <li key={record.id}>
            <RecordLink plural={plural} id={record.id} className={styles.row}>
              <Avatar name={kind.titleOf(record)} />
              <span className="ellipsis grow">{kind.titleOf(record)}</span>
              {typeof record.value === 'number' && <span className="num">{formatAmount(record.value)}</span>}
              <StatusText kind={kind} value={record[kind.statusField]} />
            </RecordLink>
          </li>
        ))}
      </ul>
    </section>
  )
}
