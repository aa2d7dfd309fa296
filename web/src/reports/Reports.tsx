import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { ChevronDown } from 'lucide-react'
import { useMemo } from 'react'
import { changeQuery, type Query } from '../api/query'
import { useFacets, usePeople } from '../api/records'
import type { Facets } from '../api/types'
import { kindsByPlural } from '../kinds'
import { Button } from '../ui/Button'
import { Empty } from '../ui/Empty'
import { ChoiceMenu } from '../ui/Menu'
import { PageHeader } from '../ui/PageHeader'
import { Segmented } from '../ui/Segmented'
import { StatusText } from '../ui/StatusIcon'
import { nameOfValue, words } from '../words'
import { formatNumber, formatShare } from '../words/format'
import { type BarRow, Bars } from './Bars'
import { fillMonths, LEAST_FOR_RATE, reportFilters } from './period'
import styles from './Reports.module.css'

const leads = kindsByPlural.leads
const OPEN = 'new,contacted,nurturing,qualified'

/** What became of the leads of a period, in numbers that lead to their lists. */
export function Reports() {
  const query = useSearch({ strict: false }) as Query
  const filters = useMemo(() => reportFilters(query, Date.now()), [query])
  const all = useFacets('leads', filters)
  const converted = useFacets('leads', { ...filters, status: 'converted' })
  return (
    <main id="main">
      <PageHeader title={words.reports.title} />
      <ReportFilters query={query} />
      {all?.count === 0 && <Empty title={words.reports.emptyTitle} text={words.reports.emptyText} />}
      {all !== undefined && all.count > 0 && (
        <div className={styles.cards}>
          <NumberCards filters={filters} all={all} />
          <ByMonth filters={filters} all={all} />
          <ByStatus filters={filters} all={all} />
          <ByField field="source" title={words.reports.bySource} filters={filters} all={all} converted={converted} />
          <ByField field="assignedTo" title={words.reports.byOwner} filters={filters} all={all} converted={converted} />
          <p className={styles.note}>{words.reports.note}</p>
        </div>
      )}
    </main>
  )
}

function ReportFilters({ query }: { query: Query }) {
  const navigate = useNavigate()
  const people = usePeople()
  const owner = query.assignedTo ?? ''
  const change = (changes: Record<string, string | undefined>) => void navigate({ to: '/reports', search: changeQuery(query, changes) })
  return (
    <div className={styles.filters}>
      <ChoiceMenu
        label={words.reports.owner}
        trigger={
          <Button pressed={owner !== ''}>
            {owner === '' ? words.reports.everybody : (people.get(owner)?.name ?? owner)}
            <ChevronDown aria-hidden />
          </Button>
        }
        value={owner}
        choices={[{ value: '', label: words.reports.everybody }, ...[...people.values()].map((person) => ({ value: person.id, label: person.name ?? person.id }))]}
        onChoose={(value) => change({ assignedTo: value || undefined })}
      />
      <Segmented
        label={words.reports.period}
        value={query.days ?? '365'}
        choices={['30', '90', '365', 'all'].map((value) => ({ value, label: words.reports.periods[value] ?? value }))}
        onChoose={(days) => change({ days })}
      />
    </div>
  )
}

function NumberCards({ filters, all }: { filters: Query; all: Facets }) {
  const converted = countOf(all, 'status', 'converted')
  const open = OPEN.split(',').reduce((sum, status) => sum + countOf(all, 'status', status), 0)
  const { reports } = words
  return (
    <div className={styles.numbers}>
      <NumberCard title={reports.leads} count={all.count} query={filters} />
      <NumberCard title={reports.open} count={open} query={{ ...filters, status: OPEN }} />
      <NumberCard title={reports.converted} count={converted} query={{ ...filters, status: 'converted' }} />
      <section className={styles.card}>
        <h2>{reports.rate}</h2>
        {all.count < LEAST_FOR_RATE ? (
          <p title={reports.tooFewText}>{reports.tooFew}</p>
        ) : (
          <>
            <p className={`${styles.big} num`}>{formatShare(converted / all.count)}</p>
            <p className="faint num">{reports.rateOf(formatNumber(converted), formatNumber(all.count))}</p>
          </>
        )}
      </section>
    </div>
  )
}

function NumberCard({ title, count, query }: { title: string; count: number; query: Query }) {
  return (
    <section className={styles.card}>
      <h2>{title}</h2>
      <Link to="/leads" search={query} className={`${styles.big} num`}>
        {formatNumber(count)}
      </Link>
    </section>
  )
}

function ByMonth({ filters, all }: { filters: Query; all: Facets }) {
  const months = fillMonths((all.facets.createdMonth ?? []).map(({ value }) => String(value)))
  const rows = months.map((month): BarRow => ({
    key: month,
    label: new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' }).format(new Date(`${month}-01`)),
    count: countOf(all, 'createdMonth', month),
    query: monthQuery(filters, month),
  }))
  return <Bars title={words.reports.byMonth} heading={words.reports.month} rows={rows} />
}

function ByStatus({ filters, all }: { filters: Query; all: Facets }) {
  const rows = leads.statuses.map((status): BarRow => ({
    key: status.value,
    label: <StatusText kind={leads} value={status.value} />,
    count: countOf(all, 'status', status.value),
    query: { ...filters, status: status.value },
  }))
  return <Bars title={words.reports.byStatus} heading={words.reports.status} rows={rows} />
}

interface ByFieldProps {
  field: 'source' | 'assignedTo'
  title: string
  filters: Query
  all: Facets
  converted?: Facets
}

function ByField({ field, title, filters, all, converted }: ByFieldProps) {
  const absent = field === 'source' ? words.reports.noSource : words.common.nobody
  const rows = (all.facets[field] ?? []).map(({ value, count, name }): BarRow => ({
    key: String(value),
    label: value === null ? absent : field === 'source' ? nameOfValue(String(value)) : (name ?? words.common.somebody),
    count,
    converted: converted && countOf(converted, field, value),
    query: { ...filters, ...(value === null ? (field === 'source' ? { 'source[null]': 'true' } : { assignedTo: 'none' }) : { [field]: String(value) }) },
  }))
  return <Bars title={title} heading={field === 'source' ? words.reports.source : words.reports.owner} rows={rows} />
}

/** The filters with one month, within the period. */
function monthQuery(filters: Query, month: string): Query {
  const [year = 0, number = 1] = month.split('-').map(Number)
  const next = new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 10)
  const since = filters['createdAt[gte]']
  const first = `${month}-01`
  return { ...filters, 'createdAt[gte]': since !== undefined && since > first ? since : first, 'createdAt[lt]': next }
}

function countOf({ facets }: Facets, field: string, value: unknown): number {
  return facets[field]?.find((one) => one.value === value)?.count ?? 0
}
