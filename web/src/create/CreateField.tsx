import { useId, useState } from 'react'
import { useMe, usePeople } from '../api/records'
import type { FieldSpec } from '../kinds'
import { RecordPicker } from '../record/RecordPicker'
import { SelectField, TextArea, TextField } from '../ui/TextField'
import { nameOfValue, words } from '../words'

interface Props {
  spec: FieldSpec
  value: string
  error?: string
  autoFocus: boolean
  onChange: (field: string, text: string) => void
}

/** One field of the form, by its type. */
export function CreateField({ spec, value, error, autoFocus, onChange }: Props) {
  const shared = { label: spec.label, error, value, required: spec.required, autoFocus }
  const onInput = (event: { target: { value: string } }) => onChange(spec.name, event.target.value)
  switch (spec.type) {
    case 'lines':
      return <TextArea {...shared} onChange={onInput} />
    case 'owner':
      return <OwnerField {...shared} onChange={onInput} />
    case 'source':
      return <SourceField {...shared} onChange={onInput} />
    case 'reference':
      return <ReferenceField spec={spec} value={value} error={error} onChange={onChange} />
    default:
      return <TextField {...shared} {...INPUTS[spec.type]} onChange={onInput} />
  }
}

const INPUTS: Partial<Record<FieldSpec['type'], { type?: string; inputMode?: 'email' | 'tel' | 'url' | 'decimal' }>> = {
  email: { type: 'email', inputMode: 'email' },
  phone: { type: 'tel', inputMode: 'tel' },
  web: { inputMode: 'url' },
  amount: { inputMode: 'decimal' },
  day: { type: 'date' },
}

interface FieldProps {
  label: string
  error?: string
  value: string
  onChange: (event: { target: { value: string } }) => void
}

function OwnerField(props: FieldProps) {
  const me = useMe()
  const people = [...usePeople().values()].filter((person) => person.active)
  return (
    <SelectField {...props}>
      <option value="">{words.common.nobody}</option>
      {me !== undefined && <option value={me.user.id}>{words.common.me}</option>}
      {people
        .filter((person) => person.id !== me?.user.id)
        .map((person) => (
          <option key={person.id} value={person.id}>
            {person.name ?? words.common.somebody}
          </option>
        ))}
    </SelectField>
  )
}

/** The field of the source: a list of the known ones, and any word besides. */
function SourceField({ value, onChange, ...rest }: FieldProps) {
  const listId = useId()
  const known = Object.keys(words.sources)
  return (
    <>
      <TextField
        {...rest}
        list={listId}
        placeholder={words.create.sourceHint}
        value={known.includes(value) ? nameOfValue(value) : value}
        onChange={(event) => onChange({ target: { value: known.find((source) => nameOfValue(source) === event.target.value) ?? event.target.value } })}
      />
      <datalist id={listId}>
        {known.map((source) => (
          <option key={source} value={nameOfValue(source)} />
        ))}
      </datalist>
    </>
  )
}

function ReferenceField({ spec, value, error, onChange }: Pick<Props, 'spec' | 'value' | 'error' | 'onChange'>) {
  const [name, setName] = useState('')
  if (spec.refersTo === undefined) return null
  return (
    <RecordPicker
      plural={spec.refersTo}
      label={spec.label}
      error={error}
      value={value === '' ? null : value}
      valueName={name}
      onChoose={(id, record) => {
        setName(typeof record?.name === 'string' ? record.name : '')
        onChange(spec.name, id ?? '')
      }}
    />
  )
}
