import { useNavigate } from '@tanstack/react-router'
import { formatQuery, type Query, toFilterQuery } from '../api/query'
import type { KindSpec } from '../kinds'
import { openDialog } from '../state/dialogs'
import { Button } from '../ui/Button'
import { Empty } from '../ui/Empty'
import { words } from '../words'
import styles from './List.module.css'

/** A list without rows: nothing is there at all, or nothing matches the filter. */
export function EmptyList({ kind, query }: { kind: KindSpec; query: Query }) {
  return <div className={styles.nothing}>{Object.keys(toFilterQuery(query)).length > 0 ? <NoMatch kind={kind} query={query} /> : <NoneYet kind={kind} />}</div>
}

function NoMatch({ kind, query }: { kind: KindSpec; query: Query }) {
  const navigate = useNavigate()
  const { list } = words
  const filter = toFilterQuery(query)
  const rest = Object.fromEntries(Object.entries(query).filter(([name]) => !(name in filter)))
  return (
    <Empty title={list.noMatchTitle(kind.one)} text={list.noMatchText}>
      <Button onClick={() => void navigate({ href: `/${kind.plural}${formatQuery(rest)}` })}>{list.clearFilters}</Button>
    </Empty>
  )
}

function NoneYet({ kind }: { kind: KindSpec }) {
  const { list } = words
  return (
    <Empty title={list.noneTitle(kind.many)} text={list.noneText}>
      <div className={styles.first}>
        <code className={styles.command}>{curlFor(kind)}</code>
        <Button look="primary" onClick={() => openDialog({ name: 'create', plural: kind.plural })}>
          {list.newOne(kind.one)}
        </Button>
      </div>
    </Empty>
  )
}

/** A command that makes a record of the kind with what it must have. */
function curlFor(kind: KindSpec): string {
  const values = kind.fields.filter((field) => field.required).map((field) => `"${field.name}": "${EXAMPLES[field.name] ?? '…'}"`)
  return `curl ${location.origin}/api/${kind.plural}/ -H "Authorization: Bearer $KEY" --json '{${values.join(', ')}}'`
}

const EXAMPLES: Readonly<Record<string, string>> = { email: 'ada@lovelace.example', name: 'Analytical Engines', accountId: 'acc_…' }
