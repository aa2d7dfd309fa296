import { useState } from 'react'
import { type Query, splitValues, toggleValue } from '../api/query'
import { useMe } from '../api/records'
import type { FieldSpec, KindSpec } from '../kinds'
import { TextField } from '../ui/TextField'
import { words } from '../words'
import { isChosenFromList } from './comparisons'
import { readMoment, readTime, timeParameter, writeMoment } from './days'
import styles from './Form.module.css'
import type { Operator } from './parameters'
import { useChoices, useReferenceChoices } from './useChoices'
import { ValueList } from './ValueList'

interface Props {
  kind: KindSpec
  query: Query
  field: FieldSpec
  operator: Operator
  value: string
  onChange: (value: string) => void
  error?: string
}

const MAX_LENGTH = 1000

/** The value of a condition: chosen from a list where there is one, else typed. */
export function ValueInput(props: Props) {
  const { field, operator, value, onChange, error } = props
  if (isChosenFromList(field, operator)) return <ChosenValue {...props} />
  if (field.type === 'time' && operator !== 'in') return <TimeInput {...props} />
  const isDay = field.type === 'day' && operator !== 'in'
  return (
    <TextField
      label={words.filter.value}
      type={isDay ? 'date' : 'text'}
      inputMode={INPUT_MODES[field.type]}
      autoFocus
      maxLength={MAX_LENGTH}
      value={value}
      hint={operator === 'in' ? words.filter.severalTexts : undefined}
      error={error}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}

const INPUT_MODES: Readonly<Record<string, 'numeric' | 'decimal'>> = { score: 'numeric', count: 'numeric', amount: 'decimal' }

/** A day is enough where a day begins the period; other comparisons need the time, too. */
function TimeInput({ operator, value, onChange, error }: Props) {
  const day = value === '' ? '' : readTime(value)
  const byDay = (operator === 'gte' || operator === 'lt') && day !== undefined
  const read = (text: string) => (text === '' ? '' : byDay ? timeParameter(text) : readMoment(text))
  return (
    <TextField
      label={words.filter.value}
      type={byDay ? 'date' : 'datetime-local'}
      step={byDay ? undefined : 1}
      autoFocus
      value={byDay ? day : writeMoment(value)}
      error={error}
      onChange={(event) => onChange(read(event.target.value))}
    />
  )
}

function ChosenValue(props: Props) {
  return props.field.type === 'reference' ? <ChosenReference {...props} /> : <ChosenOption {...props} />
}

function ChosenOption({ kind, query, field, operator, value, onChange, error }: Props) {
  const choices = useChoices(kind, field, query)
  const myId = useMe()?.user.id ?? ''
  const isList = operator === 'in'
  const offered = choices?.flatMap((choice) => {
    if (choice.value === null) return field.type === 'owner' && isList ? [{ ...choice, value: 'none' }] : []
    return [choice.value === 'me' && !isList ? { ...choice, value: myId } : choice]
  })
  return <Listed label={field.label} choices={offered} value={value} isList={isList} onChange={onChange} error={error} />
}

function ChosenReference({ field, operator, value, onChange, error }: Props) {
  const [text, setText] = useState('')
  const choices = useReferenceChoices(field, text)
  return <Listed label={field.label} choices={choices} value={value} isList={operator === 'in'} onChange={onChange} onFind={setText} error={error} />
}

interface ListedProps extends Pick<Parameters<typeof ValueList>[0], 'label' | 'choices' | 'onFind'> {
  value: string
  isList: boolean
  onChange: (value: string) => void
  error?: string
}

function Listed({ value, isList, onChange, error, ...list }: ListedProps) {
  const toggle = (chosen: string | null) => {
    if (chosen !== null) onChange(isList ? (toggleValue(value, chosen) ?? '') : chosen)
  }
  return (
    <div>
      <ValueList {...list} autoFocus chosen={isList ? splitValues(value) : [value]} single={!isList} onToggle={toggle} />
      {error !== undefined && (
        <p role="alert" className={styles.error}>
          {error}
        </p>
      )}
    </div>
  )
}
