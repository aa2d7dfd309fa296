import { useEffect, useRef, useState } from 'react'
import { Conflict } from '../api/changes'
import type { AnyRecord, Values } from '../api/types'
import type { FieldSpec, KindSpec } from '../kinds'
import { createStore, useStore } from '../state/store'
import { tellRefusal } from '../ui/toast'
import { words } from '../words'
import { noteConflict } from './conflicts'
import { type Draft, fromDraft, isSameValue, toDraft } from './drafts'
import { type FieldEvent, type FieldState, isOpen, READING, reduceField } from './fieldState'
import { useSave } from './useSave'

/** Where the focus goes when a field is closed. */
export type Leaving = 'stay' | 'leave' | 'next' | 'previous'

export interface FieldEditing {
  stateOf(field: string): FieldState
  /** True if another field has an editor open, which a late refusal must not take the focus from. */
  isOtherOpen(field: string): boolean
  edit(spec: FieldSpec): void
  change(spec: FieldSpec, draft: Draft): void
  giveUp(spec: FieldSpec): void
  /** Saves what was typed, if it is another value than that of the record. */
  commit(spec: FieldSpec, leaving: Leaving): void
  /** Saves a value that was chosen, not typed. */
  choose(spec: FieldSpec, value: unknown): void
  /** Opens the editor of the field that was edited last, or of the first one. */
  editLast(): void
}

type States = Readonly<Record<string, FieldState>>

/** The field that was edited last, by kind: the next record opens the same. */
const lastEdited = new Map<string, string>()

/** The editing of all fields of one record. `typed` are the fields that are edited as text, in order. */
export function useFieldEditing(kind: KindSpec, record: AnyRecord, typed: readonly FieldSpec[]): FieldEditing {
  const save = useSave(kind)
  const [store] = useState(() => createStore<States>({}))
  const states = useStore(store)
  const shown = useShown()

  const read = (field: string) => store.get()[field] ?? READING
  const send = (field: string, event: FieldEvent) => store.set((now) => ({ ...now, [field]: reduceField(now[field] ?? READING, event) }))
  const edit = (spec: FieldSpec) => {
    lastEdited.set(kind.plural, spec.name)
    send(spec.name, { type: 'edit', draft: toDraft(spec, record[spec.name]) })
  }
  const write = async (field: string, values: Values) => {
    const refusal = await save(record.id, values)
    const message = refusal?.messageFor(field)
    if (message === undefined) return send(field, { type: 'saved' })
    if (shown.current) return send(field, { type: 'refuse', message })
    tellRefusal(words.common.notSaved, refusal)
  }
  const commit = (spec: FieldSpec, leaving: Leaving) => {
    const state = read(spec.name)
    if (!isOpen(state)) return // Enter has saved it, and the editor is left because it goes away
    const focus = leaving === 'stay'
    const value = fromDraft(spec, state.draft)
    if (isSameValue(value, record[spec.name])) send(spec.name, { type: 'giveUp', focus })
    else if (!isSameValue(state.base, toDraft(spec, record[spec.name]))) {
      send(spec.name, { type: 'giveUp', focus })
      noteConflict(record.id, new Conflict({ [spec.name]: value }, { record, etag: '' }))
    } else {
      send(spec.name, { type: 'save', focus })
      void write(spec.name, { [spec.name]: value })
    }
    const next = leaving === 'next' || leaving === 'previous' ? findNeighbour(typed, spec, leaving) : undefined
    if (next !== undefined) edit(next)
  }
  return {
    stateOf: (field) => states[field] ?? READING,
    isOtherOpen: (field) => Object.entries(states).some(([name, state]) => name !== field && isOpen(state)),
    edit,
    change: (spec, draft) => send(spec.name, { type: 'change', draft }),
    giveUp: (spec) => send(spec.name, { type: 'giveUp', focus: true }),
    commit,
    choose: (spec, value) => {
      if (isSameValue(value, record[spec.name])) return
      void write(spec.name, { [spec.name]: value })
    },
    editLast: () => {
      const spec = typed.find((one) => one.name === lastEdited.get(kind.plural)) ?? typed[0]
      if (spec !== undefined) edit(spec)
    },
  }
}

function findNeighbour(typed: readonly FieldSpec[], spec: FieldSpec, side: 'next' | 'previous'): FieldSpec | undefined {
  const at = typed.findIndex((one) => one.name === spec.name)
  return typed[side === 'next' ? at + 1 : at - 1]
}

/** A ref that is true while the component is shown. */
function useShown() {
  const shown = useRef(false)
  useEffect(() => {
    shown.current = true
    return () => {
      shown.current = false
    }
  }, [])
  return shown
}
