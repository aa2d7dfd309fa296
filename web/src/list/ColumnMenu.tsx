import { ArrowLeft, ArrowRight, Columns3 } from 'lucide-react'
import type { Query } from '../api/query'
import { useChangeQuery } from '../filters/useQuery'
import type { ColumnSpec, KindSpec } from '../kinds'
import { Button } from '../ui/Button'
import { Checkbox } from '../ui/Checkbox'
import { Popover } from '../ui/Popover'
import { words } from '../words'
import styles from './ColumnMenu.module.css'
import { chooseColumns, columnsParameter, moveColumn } from './columns'
import { forgetWidths } from './widths'

/** Which columns the list shows, and in which order. */
export function ColumnMenu({ kind, query }: { kind: KindSpec; query: Query }) {
  const changeAddress = useChangeQuery()
  const { list } = words
  const chosen = chooseColumns(kind, query.columns)
  const others = kind.columns.filter((column) => !chosen.includes(column))
  const choose = (columns: readonly ColumnSpec[]) => changeAddress({ columns: columnsParameter(kind, columns) }, { replace: true })
  const reset = () => {
    choose(chooseColumns(kind, undefined))
    forgetWidths(kind.plural)
  }
  return (
    <Popover
      label={list.columns}
      trigger={
        <Button iconOnly className={styles.trigger} aria-label={list.columns} title={list.columns}>
          <Columns3 aria-hidden />
        </Button>
      }
    >
      <ul className={styles.columns}>
        {chosen.map((column, at) => (
          <li key={column.field} className={styles.column}>
            <Checkbox checked label={column.label} onChange={() => chosen.length > 1 && choose(chosen.filter((one) => one !== column))} />
            <span className="grow" />
            <Button look="quiet" iconOnly aria-label={list.moveLeft(column.label)} disabled={at === 0} onClick={() => choose(moveColumn(chosen, at, at - 1))}>
              <ArrowLeft aria-hidden />
            </Button>
            <Button look="quiet" iconOnly aria-label={list.moveRight(column.label)} disabled={at === chosen.length - 1} onClick={() => choose(moveColumn(chosen, at, at + 1))}>
              <ArrowRight aria-hidden />
            </Button>
          </li>
        ))}
        {others.map((column) => (
          <li key={column.field} className={styles.column}>
            <Checkbox checked={false} label={column.label} onChange={() => choose([...chosen, column])} />
          </li>
        ))}
      </ul>
      <p className={styles.hint}>{list.columnsHint(describeYielding(chosen))}</p>
      <Button look="quiet" onClick={reset}>
        {list.usualColumns}
      </Button>
    </Popover>
  )
}

/** The names of the columns that give way on a narrow window, the first to go first. */
function describeYielding(columns: readonly ColumnSpec[]): string {
  const yielding = columns.filter((column) => column.yields !== undefined).sort((one, other) => (one.yields ?? 0) - (other.yields ?? 0))
  return yielding.map((column) => column.label).join(', ')
}
