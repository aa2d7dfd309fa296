import { Plus } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import type { Query } from '../api/query'
import type { FieldSpec, KindSpec } from '../kinds'
import { useCommands } from '../state/commands'
import { Button } from '../ui/Button'
import { Popover } from '../ui/Popover'
import { inputClass } from '../ui/TextField'
import { words } from '../words'
import { moveByArrows } from './arrowKeys'
import { FilterForm } from './FilterForm'
import styles from './Form.module.css'
import { buildFilter, type Filter, listFilterFields } from './parameters'
import { useChangeQuery } from './useQuery'

const { filter: text } = words

/** A button that adds a filter of any field: first the field, then how it is compared, and with what. */
export function AddFilter({ kind, query }: { kind: KindSpec; query: Query }) {
  const change = useChangeQuery()
  const [open, setOpen] = useState(false)
  const [field, setField] = useState<FieldSpec>()
  const show = (shown: boolean) => {
    setOpen(shown)
    if (shown) setField(undefined)
  }
  const save = (filter: Filter) => {
    const [name, value] = buildFilter(kind, filter)
    change({ [name]: value })
    setOpen(false)
  }
  useCommands([{ id: 'filter.add', label: text.moreLabel, keys: 'f', group: text.group, run: () => show(true) }])
  return (
    <Popover
      label={text.moreLabel}
      open={open}
      onOpenChange={show}
      trigger={
        <Button look="quiet" aria-label={text.moreLabel}>
          <Plus aria-hidden />
          {text.more}
        </Button>
      }
    >
      {field === undefined ? (
        <FieldPicker kind={kind} onPick={setField} />
      ) : (
        <FilterForm key={field.name} kind={kind} query={query} field={field} onSave={save} onBack={() => setField(undefined)} />
      )}
    </Popover>
  )
}

function FieldPicker({ kind, onPick }: { kind: KindSpec; onPick: (field: FieldSpec) => void }) {
  const [wanted, setWanted] = useState('')
  const found = listFilterFields(kind).filter((field) => field.label.toLowerCase().includes(wanted.trim().toLowerCase()))
  const pickFirst = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || found[0] === undefined) return
    event.preventDefault()
    onPick(found[0])
  }
  return (
    <div className={styles.form} onKeyDown={moveByArrows}>
      <input
        type="search"
        className={inputClass}
        autoFocus
        value={wanted}
        placeholder={text.findField}
        aria-label={text.findField}
        onChange={(event) => setWanted(event.target.value)}
        onKeyDown={pickFirst}
      />
      <div className={styles.rows}>
        {found.map((field) => (
          <button key={field.name} type="button" data-row className={styles.row} onClick={() => onPick(field)}>
            {field.label}
          </button>
        ))}
        {found.length === 0 && <p className={styles.note}>{words.common.nothingFound}</p>}
      </div>
    </div>
  )
}
