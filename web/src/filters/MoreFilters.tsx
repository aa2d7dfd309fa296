import { Plus } from 'lucide-react'
import { type SubmitEvent, useState } from 'react'
import { usePeople } from '../api/records'
import { type FieldSpec, findField, type KindSpec } from '../kinds'
import { useCommands } from '../state/commands'
import { Button } from '../ui/Button'
import { Popover } from '../ui/Popover'
import { SelectField, TextField } from '../ui/TextField'
import { nameOfValue, words } from '../words'
import styles from './FilterBar.module.css'
import { nameOfOperator, needsNoValue, type Operator, operatorsOf } from './operators'
import { buildFilter } from './parameters'
import { useChangeQuery } from './useQuery'

/** A form that adds a filter of any field, with any comparison that the field takes. */
export function MoreFilters({ kind }: { kind: KindSpec }) {
  const [open, setOpen] = useState(false)
  const { filter } = words
  useCommands([{ id: 'filter.add', label: filter.moreLabel, keys: 'f', group: filter.group, run: () => setOpen(true) }])
  return (
    <Popover
      label={filter.moreLabel}
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button look="quiet" aria-label={filter.moreLabel}>
          <Plus aria-hidden />
          {filter.more}
        </Button>
      }
    >
      <FilterForm kind={kind} onDone={() => setOpen(false)} />
    </Popover>
  )
}

function FilterForm({ kind, onDone }: { kind: KindSpec; onDone: () => void }) {
  const changeQuery = useChangeQuery()
  const fields = kind.fields.filter((field) => operatorsOf(field.type).length > 0)
  const [name, setName] = useState(fields.find((field) => field.type === 'text')?.name ?? '')
  const field = findField(kind, name)
  const operators = operatorsOf(field?.type ?? 'text')
  const [chosen, setOperator] = useState<Operator>()
  const operator = chosen !== undefined && operators.includes(chosen) ? chosen : (operators[0] ?? 'eq')
  const [value, setValue] = useState('')
  const { filter } = words
  const add = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const [parameter, text] = buildFilter(name, operator, value)
    changeQuery({ [parameter]: text })
    onDone()
  }
  return (
    <form className={styles.form} onSubmit={add}>
      <SelectField
        label={filter.field}
        value={name}
        autoFocus
        onChange={(event) => {
          setName(event.target.value)
          setValue('')
        }}
      >
        {fields.map((one) => (
          <option key={one.name} value={one.name}>
            {one.label}
          </option>
        ))}
      </SelectField>
      <SelectField label={filter.operator} value={operator} onChange={(event) => setOperator(event.target.value as Operator)}>
        {operators.map((one) => (
          <option key={one} value={one}>
            {nameOfOperator(one, field?.type ?? 'text')}
          </option>
        ))}
      </SelectField>
      {field !== undefined && !needsNoValue(operator) && <ValueField kind={kind} field={field} value={value} onChange={setValue} />}
      <Button look="primary" type="submit" disabled={!needsNoValue(operator) && value.trim() === ''}>
        {filter.add}
      </Button>
    </form>
  )
}

function ValueField({ kind, field, value, onChange }: { kind: KindSpec; field: FieldSpec; value: string; onChange: (value: string) => void }) {
  const people = usePeople()
  const choices = listChoices(kind, field, people)
  const { filter } = words
  if (choices === undefined) {
    const type = field.type === 'day' || field.type === 'time' ? 'date' : ['score', 'amount', 'count'].includes(field.type) ? 'number' : 'text'
    return <TextField label={filter.value} type={type} step="any" value={value} onChange={(event) => onChange(event.target.value)} />
  }
  return (
    <SelectField label={filter.value} value={value} onChange={(event) => onChange(event.target.value)}>
      <option value="" />
      {choices.map(([one, label]) => (
        <option key={one} value={one}>
          {label}
        </option>
      ))}
    </SelectField>
  )
}

/** The values that a field can have, undefined if they are too many to list. */
function listChoices(kind: KindSpec, field: FieldSpec, people: ReturnType<typeof usePeople>): [value: string, label: string][] | undefined {
  switch (field.type) {
    case 'status':
      return kind.statuses.map((status) => [status.value, status.label])
    case 'source':
      return Object.keys(words.sources).map((source) => [source, nameOfValue(source)])
    case 'owner':
      return [...people.values()].map((person) => [person.id, person.name ?? person.id])
    case 'flag':
      return [
        ['true', words.filter.yes],
        ['false', words.filter.no],
      ]
    default:
      return undefined
  }
}
