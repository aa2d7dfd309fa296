import { useState } from 'react'
import type { Query } from '../api/query'
import { useFacets } from '../api/records'
import type { FieldSpec, KindSpec } from '../kinds'
import { words } from '../words'
import { Chip } from './Chip'
import { listChosen, toggleChoice } from './choices'
import { describeValue, joinValues, type NameOf } from './describe'
import { listOwnParameters, namePeriod } from './mainFields'
import { nameParameter } from './parameters'
import { describePeriod, readPeriod } from './period'
import { PeriodForm } from './PeriodForm'
import { useChoices } from './useChoices'
import { useChangeQuery } from './useQuery'
import { ValueList } from './ValueList'

interface Props {
  kind: KindSpec
  field: FieldSpec
  query: Query
  nameOf: NameOf
}

/** The chip of a field that lists are filtered by often. */
export function MainChip(props: Props) {
  const { type } = props.field
  if (type === 'time' || type === 'day') return <PeriodChip {...props} />
  return type === 'score' ? <ScoreChip {...props} /> : <ValueChip {...props} />
}

function ValueChip({ kind, field, query, nameOf }: Props) {
  const change = useChangeQuery()
  const [open, setOpen] = useState(false)
  const chosen = listChosen(kind, field, query)
  const names = chosen.map((value) => describeChoice(field, value, nameOf))
  return (
    <Chip label={field.label} text={names.length > 0 ? joinValues(names) : undefined} open={open} onOpenChange={setOpen} onRemove={() => change(removeAll(kind, field, query))}>
      <Values kind={kind} field={field} query={query} onToggle={(value) => change(toggleChoice(kind, field, query, value))} />
    </Chip>
  )
}

function Values({ kind, field, query, onToggle }: { kind: KindSpec; field: FieldSpec; query: Query; onToggle: (value: string | null) => void }) {
  const choices = useChoices(kind, field, query)
  return <ValueList label={field.label} choices={choices} chosen={listChosen(kind, field, query)} onToggle={onToggle} />
}

const SCORES = Array.from({ length: 10 }, (_, at) => 10 - at)

function ScoreChip({ kind, field, query }: Props) {
  const change = useChangeQuery()
  const [open, setOpen] = useState(false)
  const counts = useFacets(kind.plural, query)?.facets[field.name]
  const name = nameParameter(kind, field.name, 'gte')
  const least = query[name]
  const countFrom = (score: number) => counts?.reduce((sum, { value, count }) => (typeof value === 'number' && value >= score ? sum + count : sum), 0)
  const choices = SCORES.map((score) => ({ value: String(score), label: words.filter.atLeast(String(score)), count: countFrom(score) }))
  return (
    <Chip label={field.label} verb={least === undefined ? '' : words.filter.numbers.gte} text={least} open={open} onOpenChange={setOpen} onRemove={() => change({ [name]: undefined })}>
      <ValueList label={field.label} choices={choices} chosen={least === undefined ? [] : [least]} single onToggle={(value) => change({ [name]: value ?? undefined })} />
    </Chip>
  )
}

function PeriodChip({ kind, field, query }: Props) {
  const change = useChangeQuery()
  const [open, setOpen] = useState(false)
  const names = namePeriod(kind, field)
  const period = readPeriod(field, query[names.from], query[names.to])
  const save = (from: string | undefined, to: string | undefined) => {
    change({ [names.from]: from, [names.to]: to })
    setOpen(false)
  }
  return (
    <Chip label={field.label} text={describePeriod(field, query[names.from], query[names.to])} open={open} onOpenChange={setOpen} onRemove={() => change(removeAll(kind, field, query))}>
      <PeriodForm field={field} period={period} onSave={save} />
    </Chip>
  )
}

function describeChoice(field: FieldSpec, value: string | null, nameOf: NameOf): string {
  if (value !== null) return describeValue(field, value, nameOf)
  return field.type === 'owner' ? words.common.nobody : words.filter.noValue
}

function removeAll(kind: KindSpec, field: FieldSpec, query: Query): Record<string, undefined> {
  return Object.fromEntries(listOwnParameters(kind, field, query).map((name) => [name, undefined]))
}
