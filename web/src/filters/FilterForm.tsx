import { ArrowLeft } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import type { Query } from '../api/query'
import type { FieldSpec, KindSpec } from '../kinds'
import { Button } from '../ui/Button'
import { SelectField } from '../ui/TextField'
import { words } from '../words'
import { describeNull, nameOperator } from './describe'
import styles from './Form.module.css'
import { type Comparison, listComparisons, makeFilter, readComparison, refuseValue } from './comparisons'
import type { Filter } from './parameters'
import { ValueInput } from './ValueInput'

interface Props {
  kind: KindSpec
  query: Query
  field: FieldSpec
  /** The condition to change; undefined for a new one. */
  filter?: Filter
  onSave: (filter: Filter) => void
  onBack?: () => void
}

/** Makes or changes a condition of one field. */
export function FilterForm({ kind, query, field, filter, onSave, onBack }: Props) {
  const comparisons = listComparisons(field.type)
  const [comparison, setComparison] = useState<Comparison>(filter ? readComparison(filter) : (comparisons[0] ?? 'null'))
  const [value, setValue] = useState(filter?.operator === 'null' ? '' : (filter?.value ?? ''))
  const [error, setError] = useState<string>()
  const save = (event: FormEvent) => {
    event.preventDefault()
    const refusal = refuseValue(field, comparison, value)
    if (refusal !== undefined) return setError(refusal)
    onSave(makeFilter(field, comparison, value))
  }
  const change = (changed: string) => {
    setValue(changed)
    setError(undefined)
  }
  return (
    <form className={`${styles.form} ${styles.fields}`} onSubmit={save} noValidate>
      <h2 className={styles.title}>
        {onBack !== undefined && (
          <Button look="quiet" iconOnly aria-label={words.filter.otherField} onClick={onBack}>
            <ArrowLeft aria-hidden />
          </Button>
        )}
        {field.label}
      </h2>
      <SelectField label={words.filter.operator} value={comparison} onChange={(event) => setComparison(event.target.value as Comparison)}>
        {comparisons.map((one) => (
          <option key={one} value={one}>
            {nameComparison(field, one)}
          </option>
        ))}
      </SelectField>
      {comparison !== 'null' && comparison !== 'notNull' && (
        <ValueInput kind={kind} query={query} field={field} operator={comparison} value={value} onChange={change} error={error} />
      )}
      <Button type="submit" look="primary">
        {filter === undefined ? words.filter.add : words.filter.save}
      </Button>
    </form>
  )
}

function nameComparison(field: FieldSpec, comparison: Comparison): string {
  if (comparison === 'null') return describeNull('true')
  return comparison === 'notNull' ? describeNull('false') : nameOperator(field.type, comparison)
}
