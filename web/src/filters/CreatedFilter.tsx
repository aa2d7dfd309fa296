import { ChevronDown } from 'lucide-react'
import type { Query } from '../api/query'
import { Button } from '../ui/Button'
import { Popover } from '../ui/Popover'
import { Segmented } from '../ui/Segmented'
import { TextField } from '../ui/TextField'
import { words } from '../words'
import { formatDay } from '../words/format'
import styles from './FilterBar.module.css'
import { useChangeQuery } from './useQuery'

const DAY_MS = 86_400_000
const FROM = 'createdAt[gte]'
const BEFORE = 'createdAt[lt]'

/** A chip that chooses records by the day of their creation (UTC). */
export function CreatedFilter({ query }: { query: Query }) {
  const changeQuery = useChangeQuery()
  const from = query[FROM] ?? ''
  const before = query[BEFORE] ?? ''
  const { filter } = words
  const days = [1, 7, 30, 90].find((one) => before === '' && from === dayBefore(one - 1))
  return (
    <Popover
      label={filter.created}
      trigger={
        <Button pressed={from !== '' || before !== ''}>
          {describePeriod(from, before)}
          <ChevronDown aria-hidden />
        </Button>
      }
    >
      <div className={styles.form}>
        <Segmented
          label={filter.created}
          value={days === undefined ? '' : String(days)}
          choices={[
            { value: '1', label: filter.today },
            { value: '7', label: '7 d' },
            { value: '30', label: '30 d' },
            { value: '90', label: '90 d' },
          ]}
          onChoose={(chosen) => changeQuery({ [FROM]: dayBefore(Number(chosen) - 1), [BEFORE]: undefined })}
        />
        <TextField label={filter.from} type="date" value={from.slice(0, 10)} onChange={(event) => changeQuery({ [FROM]: event.target.value || undefined })} />
        <TextField label={filter.until} type="date" value={before.slice(0, 10)} onChange={(event) => changeQuery({ [BEFORE]: event.target.value || undefined })} />
        <Button onClick={() => changeQuery({ [FROM]: undefined, [BEFORE]: undefined })}>{filter.anyTime}</Button>
      </div>
    </Popover>
  )
}

function dayBefore(days: number): string {
  return new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10)
}

function describePeriod(from: string, before: string): string {
  const { filter } = words
  const parts = [from && `${filter.operators.from} ${formatDay(from)}`, before && `${filter.operators.before} ${formatDay(before)}`]
  return [filter.created, ...parts].filter(Boolean).join(' ')
}
