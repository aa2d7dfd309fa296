import { type FormEvent, useState } from 'react'
import type { FieldSpec } from '../kinds'
import { Button } from '../ui/Button'
import { TextField } from '../ui/TextField'
import { words } from '../words'
import { moveByArrows } from './arrowKeys'
import styles from './Form.module.css'
import { buildPeriod, findPeriod, listPeriods, type Period } from './period'

interface Props {
  field: FieldSpec
  period: Period
  onSave: (from: string | undefined, to: string | undefined) => void
}

const { filter } = words

/** Chooses a period: one that is offered, or from a day to a day. */
export function PeriodForm({ field, period, onSave }: Props) {
  const [first, setFirst] = useState(period.first ?? '')
  const [last, setLast] = useState(period.last ?? '')
  const [error, setError] = useState<string>()
  const current = findPeriod(field, ...buildPeriod(field, period))
  const save = (event: FormEvent) => {
    event.preventDefault()
    if (first !== '' && last !== '' && first > last) return setError(filter.wrongOrder)
    onSave(...buildPeriod(field, { first: first || undefined, last: last || undefined }))
  }
  return (
    <div className={styles.form}>
      <div className={styles.rows} role="group" aria-label={field.label} onKeyDown={moveByArrows}>
        {listPeriods(field).map(([name, offered]) => (
          <button key={name} type="button" data-row className={styles.row} aria-pressed={name === current} onClick={() => onSave(...buildPeriod(field, offered))}>
            {filter.periods[name]}
          </button>
        ))}
      </div>
      <form className={styles.fields} onSubmit={save}>
        <div className={styles.two}>
          <TextField label={filter.from} type="date" value={first} onChange={(event) => setFirst(event.target.value)} />
          <TextField label={filter.to} type="date" value={last} onChange={(event) => setLast(event.target.value)} error={error} />
        </div>
        <Button type="submit" look="primary">
          {filter.save}
        </Button>
      </form>
    </div>
  )
}
