import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { UserPlus } from 'lucide-react'
import { ask } from '../api/client'
import type { AnyRecord, Page } from '../api/types'
import { kindsByPlural, textOf } from '../kinds'
import { useSave } from '../record/useSave'
import { Avatar } from '../ui/Avatar'
import { Bone } from '../ui/Bone'
import { Button } from '../ui/Button'
import { LoadError } from '../ui/LoadError'
import { Score } from '../ui/Score'
import { StatusText } from '../ui/StatusIcon'
import { words } from '../words'
import { formatAge, formatFullTime, formatNumber } from '../words/format'
import type { Group } from './groups'
import styles from './Home.module.css'

const SHOWN_ROWS = 10
const leads = kindsByPlural.leads

/** The first leads of a group with the exact count of all. */
export function GroupList({ group, userId }: { group: Group; userId: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['leads', 'list', 'home', group.query],
    queryFn: async ({ signal }) => (await ask<Page<AnyRecord>>('leads/', { query: { ...group.query, include: 'version', limit: SHOWN_ROWS }, signal })).data,
  })
  return (
    <section className={styles.group} aria-labelledby={group.id}>
      <header className={styles.head}>
        <h2 id={group.id}>{group.title}</h2>
        <span className="faint num">{data && formatNumber(data.count)}</span>
        <span className="grow" />
        {data !== undefined && data.count > 0 && (
          <Link to="/leads" search={group.query} aria-label={`${words.home.all(formatNumber(data.count))}: ${group.title}`}>
            {words.home.all(formatNumber(data.count))}
          </Link>
        )}
      </header>
      <p className={styles.text}>{data?.count === 0 ? group.empty : group.text}</p>
      {error !== null && data === undefined && <LoadError error={error} retry={() => void refetch()} />}
      {data === undefined && error === null && <Bones />}
      {data !== undefined && data.count > 0 && (
        <ol className={styles.rows}>
          {data.results.map((lead) => (
            <LeadRow key={lead.id} lead={lead} group={group} userId={userId} />
          ))}
        </ol>
      )}
    </section>
  )
}

function LeadRow({ lead, group, userId }: { lead: AnyRecord; group: Group; userId: string }) {
  const save = useSave(leads)
  const name = leads.titleOf(lead)
  const created = textOf(lead, 'createdAt')
  return (
    <li className={styles.row} data-lead>
      <Link to="/leads/$id" params={{ id: lead.id }} search={group.query} className={styles.lead}>
        <Avatar name={name} />
        <span className={styles.name}>
          <b className="ellipsis">{name}</b>
          <span className="ellipsis muted">{leads.subtitleOf(lead)}</span>
        </span>
        <span className={styles.facts}>
          {!group.canTake && <StatusText kind={leads} value={lead.status} />}
          <Score value={lead.leadScore as number | null} />
          <time className="faint num" dateTime={created} title={formatFullTime(created)}>
            {formatAge(created)}
          </time>
        </span>
      </Link>
      {group.canTake && (
        <Button onClick={() => void save(lead.id, { assignedTo: userId })} aria-label={words.home.takeLead(name)}>
          <UserPlus aria-hidden />
          <span className={styles.takeText}>{words.home.take}</span>
        </Button>
      )}
    </li>
  )
}

function Bones() {
  return (
    <div className={styles.rows} aria-busy="true">
      {[1, 2, 3].map((row) => (
        <div key={row} className={styles.bone}>
          <Bone width="medium" />
          <Bone />
        </div>
      ))}
    </div>
  )
}
