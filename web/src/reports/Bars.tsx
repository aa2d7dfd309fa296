import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Query } from '../api/query'
import { words } from '../words'
import { formatNumber, formatShare } from '../words/format'
import { LEAST_FOR_RATE } from './period'
import styles from './Reports.module.css'

export interface BarRow {
  key: string
  label: ReactNode
  count: number
  /** How many of them were converted; undefined leaves the rate out. */
  converted?: number
  /** The list behind the number. */
  query: Query
}

/** A table of numbers with a bar for each. Every number is a link to its list. */
export function Bars({ title, heading, rows }: { title: string; heading: string; rows: readonly BarRow[] }) {
  const most = Math.max(1, ...rows.map((row) => row.count))
  const hasRates = rows.some((row) => row.converted !== undefined)
  return (
    <section className={styles.card}>
      <h2>{title}</h2>
      <table className={styles.bars}>
        <thead className="sr">
          <tr>
            <th scope="col">{heading}</th>
            <th scope="col">{words.reports.count}</th>
            {hasRates && <th scope="col">{words.reports.rate}</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row" className="ellipsis">
                {row.label}
              </th>
              <td>
                <span className={styles.barCell} style={{ gridTemplateColumns: barColumns(row.count / most) }}>
                  <span className={styles.bar} aria-hidden />
                  <Link to="/leads" search={row.query} className="num">
                    {formatNumber(row.count)}
                  </Link>
                </span>
              </td>
              {hasRates && <td className={`${styles.rate} num muted`}>{describeRate(row)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** The bar, the number right after it, and what is left of the longest bar. */
function barColumns(share: number): string {
  return `minmax(2px, ${share}fr) auto minmax(0, ${1 - share}fr)`
}

function describeRate({ count, converted }: BarRow): string {
  if (converted === undefined || count < LEAST_FOR_RATE) return words.common.none
  return formatShare(converted / count)
}
