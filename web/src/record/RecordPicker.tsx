import { Combobox } from '@base-ui/react/combobox'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ChevronDown, X } from 'lucide-react'
import { useId, useState } from 'react'
import { ask } from '../api/client'
import type { AnyRecord, Page, Plural } from '../api/types'
import { kindsByPlural } from '../kinds'
import popup from '../ui/Popup.module.css'
import { inputClass } from '../ui/TextField'
import { words } from '../words'
import styles from './RecordPicker.module.css'

const SHOWN = 20

interface Choice {
  id: string
  title: string
  subtitle: string
  record: AnyRecord | null
}

export interface RecordPickerProps {
  plural: Plural
  /** The id of the chosen record, null for none. */
  value: string | null
  /** The name of the chosen record. */
  valueName: string
  onChoose: (id: string | null, record: AnyRecord | null) => void
  label: string
  error?: string
  /** False hides the label from the eye. */
  showLabel?: boolean
  autoFocus?: boolean
}

/** A field to choose a record of any kind by searching on the server. It can be emptied. */
export function RecordPicker({ plural, value, valueName, onChoose, label, error, showLabel = true, autoFocus }: RecordPickerProps) {
  const id = useId()
  const chosen: Choice | null = value === null ? null : { id: value, title: valueName || value, subtitle: '', record: null }
  const [text, setText] = useState(chosen?.title ?? '')
  const { choices, searching } = useChoices(plural, text === chosen?.title ? '' : text)
  const nothing = searching ? words.common.loading : words.common.nothingFound
  return (
    <Combobox.Root
      items={choices}
      value={chosen}
      filter={null}
      autoHighlight
      onValueChange={(choice: Choice | null) => onChoose(choice?.id ?? null, choice?.record ?? null)}
      onInputValueChange={setText}
      itemToStringLabel={(choice: Choice) => choice.title}
      isItemEqualToValue={(one: Choice, other: Choice) => one.id === other.id}
    >
      <div className={styles.picker}>
        <label htmlFor={id} className={showLabel ? styles.label : 'sr'}>
          {label}
        </label>
        <div className={styles.box}>
          <Combobox.Input
            id={id}
            className={`${inputClass} ${styles.input}`}
            placeholder={words.record.find(kindsByPlural[plural].one)}
            aria-label={label}
            aria-invalid={error !== undefined}
            aria-describedby={`${id}-error`}
            autoFocus={autoFocus}
          />
          {value !== null && (
            <Combobox.Clear className={styles.button} aria-label={words.record.takeAway}>
              <X aria-hidden />
            </Combobox.Clear>
          )}
          <Combobox.Trigger className={styles.button} aria-label={words.record.showChoices}>
            <ChevronDown aria-hidden />
          </Combobox.Trigger>
        </div>
        <p id={`${id}-error`} className={styles.error} role={error === undefined ? undefined : 'alert'}>
          {error}
        </p>
      </div>
      <Combobox.Portal>
        <Combobox.Positioner sideOffset={4} align="start" className={popup.place}>
          <Combobox.Popup className={`${popup.popup} ${styles.popup}`}>
            <Combobox.Empty className={styles.empty}>{nothing}</Combobox.Empty>
            <Combobox.List>
              {(choice: Choice) => (
                <Combobox.Item key={choice.id} value={choice} className={`${popup.item} ${styles.item}`}>
                  <span className="ellipsis">{choice.title}</span>
                  <span className={`${popup.end} ellipsis`}>{choice.subtitle}</span>
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  )
}

/** The first records of the kind that the search finds. */
function useChoices(plural: Plural, text: string): { choices: Choice[]; searching: boolean } {
  const kind = kindsByPlural[plural]
  const search = text.trim()
  const found = useQuery({
    queryKey: [plural, 'list', 'picker', search],
    queryFn: async ({ signal }) => (await ask<Page<AnyRecord>>(`${plural}/`, { query: { search, limit: SHOWN }, signal })).data.results,
    placeholderData: keepPreviousData,
  })
  const choices = (found.data ?? []).map((record) => ({ id: record.id, title: kind.titleOf(record), subtitle: kind.subtitleOf(record), record }))
  return { choices, searching: found.isPending }
}
