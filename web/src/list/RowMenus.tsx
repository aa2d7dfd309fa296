import type { AnyRecord } from '../api/types'
import { findField, type KindSpec, textOf } from '../kinds'
import type { Save } from '../record/useSave'
import { ChoiceMenu, type MenuAnchor } from '../ui/Menu'
import { words } from '../words'
import type { OpenMenu } from './BulkBar'
import { NOBODY, statusChoices, useOwnerChoices } from './choices'

interface Props {
  kind: KindSpec
  record: AnyRecord
  anchor: MenuAnchor
  menu: OpenMenu
  onMenu: (menu: OpenMenu) => void
  save: Save
}

/** The menus that S and A open at the active row. */
export function RowMenus({ kind, record, anchor, menu, onMenu, save }: Props) {
  const owners = useOwnerChoices()
  const close = (open: boolean) => !open && onMenu(undefined)
  return (
    <>
      <ChoiceMenu
        label={findField(kind, kind.statusField)?.label ?? ''}
        anchor={anchor}
        value={textOf(record, kind.statusField)}
        choices={statusChoices(kind)}
        onChoose={(value) => void save(record.id, { [kind.statusField]: value })}
        open={menu === 'status'}
        onOpenChange={close}
      />
      <ChoiceMenu
        label={words.fields.assignedTo}
        anchor={anchor}
        value={textOf(record, 'assignedTo')}
        choices={owners}
        onChoose={(value) => void save(record.id, { assignedTo: value === NOBODY ? null : value })}
        open={menu === 'owner'}
        onOpenChange={close}
      />
    </>
  )
}
