import { usePeople } from '../api/records'
import type { AnyRecord } from '../api/types'
import { type ColumnSpec, type FieldSpec, findField, type KindSpec, textOf } from '../kinds'
import { Avatar } from '../ui/Avatar'
import { Score } from '../ui/Score'
import { StatusText } from '../ui/StatusIcon'
import { nameOfValue, words } from '../words'
import { formatAge, formatAmount, formatDay, formatFullTime, formatNumber } from '../words/format'

interface Props {
  kind: KindSpec
  record: AnyRecord
  spec: FieldSpec | ColumnSpec
}

/** A field's value as it is read, in a list or in a record. An absent value is a dash. */
export function FieldValue({ kind, record, spec }: Props) {
  const field = 'field' in spec ? spec.field : spec.name
  const value = record[field]
  if (spec.type === 'title') return <TitleValue name={kind.titleOf(record)} />
  if (spec.type === 'owner') return <OwnerValue id={value} name={textOf(record, 'assignedToName')} />
  if (value === null || value === undefined || value === '') return <span className="faint">{words.common.none}</span>
  switch (spec.type) {
    case 'status':
      return <StatusText kind={kind} value={value} />
    case 'score':
      return <Score value={Number(value)} />
    case 'amount':
      return <span className="num">{formatAmount(value as number)}</span>
    case 'count':
      return <span className="num">{formatNumber(Number(value))}</span>
    case 'day':
      return <time className="num" dateTime={String(value)}>{formatDay(String(value))}</time>
    case 'time':
      return <time className="num" dateTime={String(value)} title={formatFullTime(String(value))}>{formatAge(String(value))}</time>
    case 'source':
      return <>{nameOfValue(String(value))}</>
    case 'flag':
      return <>{value === true ? words.common.yes : words.common.no}</>
    case 'tags':
      return <>{(value as string[]).join(', ') || <span className="faint">{words.common.none}</span>}</>
    case 'address':
      return <>{formatAddress(value as Record<string, string | null>)}</>
    case 'reference':
      return <>{textOf(record, nameFieldOf(kind, field)) || String(value)}</>
    default:
      return <>{String(value)}</>
  }
}

/** A field's value as plain text, for sentences such as those of the history. */
export function valueText(kind: KindSpec, field: string, value: unknown, people: ReadonlyMap<string, { name: string | null }>): string {
  if (value === null || value === undefined || value === '') return words.common.empty
  switch (findField(kind, field)?.type) {
    case 'status':
    case 'source':
      return nameOfValue(String(value))
    case 'owner':
      return people.get(String(value))?.name ?? words.common.somebody
    case 'amount':
      return formatAmount(value as number)
    case 'day':
      return formatDay(String(value))
    case 'time':
      return formatFullTime(String(value))
    case 'flag':
      return value === true ? words.common.yes : words.common.no
    case 'tags':
      return (value as string[]).join(', ') || words.common.empty
    case 'address':
      return formatAddress(value as Record<string, string | null>)
    default:
      return String(value)
  }
}

function TitleValue({ name }: { name: string }) {
  return (
    <>
      <Avatar name={name} />
      <span className="ellipsis">{name}</span>
    </>
  )
}

function OwnerValue({ id, name }: { id: unknown; name: string }) {
  const people = usePeople()
  if (typeof id !== 'string') return <span className="faint">{words.common.nobody}</span>
  return <>{people.get(id)?.name ?? (name || words.common.somebody)}</>
}

function nameFieldOf(kind: KindSpec, field: string): string {
  return findField(kind, field)?.nameField ?? ''
}

function formatAddress(address: Record<string, string | null>): string {
  return Object.values(address).filter(Boolean).join(', ')
}
