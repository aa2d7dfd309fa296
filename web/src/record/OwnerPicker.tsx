import { Combobox } from '@base-ui/react/combobox'
import { Check } from 'lucide-react'
import type { ReactElement } from 'react'
import { useMe, usePeople } from '../api/records'
import type { Person } from '../api/types'
import { Avatar } from '../ui/Avatar'
import popup from '../ui/Popup.module.css'
import { inputClass } from '../ui/TextField'
import { words } from '../words'
import styles from './OwnerPicker.module.css'

interface Props {
  /** The id of the owner, null for nobody. */
  value: string | null
  onChoose: (id: string | null) => void
  trigger: ReactElement
  open: boolean
  onOpenChange: (open: boolean) => void
}

interface Choice {
  id: string | null
  label: string
  note?: string
}

/** A menu to choose an owner: nobody, me, or who is found by name. */
export function OwnerPicker({ value, onChoose, trigger, open, onOpenChange }: Props) {
  const choices = useChoices()
  const chosen = choices.find((choice) => choice.id === value) ?? null
  return (
    <Combobox.Root
      items={choices}
      value={chosen}
      open={open}
      onOpenChange={onOpenChange}
      onValueChange={(choice: Choice | null) => choice !== null && onChoose(choice.id)}
      itemToStringLabel={(choice: Choice) => choice.label}
      isItemEqualToValue={(one: Choice, other: Choice) => one.id === other.id}
      autoHighlight
    >
      <Combobox.Trigger render={trigger} />
      <Combobox.Portal>
        <Combobox.Positioner sideOffset={5} align="start" className={popup.place}>
          <Combobox.Popup className={popup.popup} aria-label={words.fields.assignedTo}>
            <Combobox.Input className={`${inputClass} ${styles.search}`} placeholder={words.record.findPerson} aria-label={words.record.findPerson} />
            <Combobox.Empty className={styles.empty}>{words.common.nothingFound}</Combobox.Empty>
            <Combobox.List>
              {(choice: Choice) => (
                <Combobox.Item key={choice.id ?? ''} value={choice} className={popup.item}>
                  <Avatar name={choice.id === null ? '' : choice.label} />
                  <span className="ellipsis">{choice.label}</span>
                  <span className={popup.end}>
                    {choice.note}
                    <Combobox.ItemIndicator className={styles.check}>
                      <Check aria-hidden />
                    </Combobox.ItemIndicator>
                  </span>
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  )
}

function useChoices(): Choice[] {
  const me = useMe()?.user
  const people = [...usePeople().values()].filter((person) => person.active)
  const isMe = (person: Person) => Number(person.id === me?.id)
  people.sort((one, other) => isMe(other) - isMe(one) || (one.name ?? '').localeCompare(other.name ?? ''))
  const choices = people.map(({ id, name }) => ({ id, label: name ?? (id === me?.id ? me.email : null) ?? words.common.somebody, note: id === me?.id ? words.common.me : undefined }))
  return [...choices, { id: null, label: words.common.nobody }]
}
