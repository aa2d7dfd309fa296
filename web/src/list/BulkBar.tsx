import { CircleDot, Trash2, UserRound } from 'lucide-react'
import { findField, type KindSpec } from '../kinds'
import { Button } from '../ui/Button'
import { ChoiceMenu } from '../ui/Menu'
import { words } from '../words'
import { formatNumber } from '../words/format'
import styles from './BulkBar.module.css'
import { MOST_AT_ONCE } from './bulk'
import { NOBODY, statusChoices, useOwnerChoices } from './choices'
import { clearSelection, selectedCount, type Selection } from './selection'
import { useBulk } from './useBulk'

export type OpenMenu = 'status' | 'owner' | undefined

interface Props {
  kind: KindSpec
  selection: Selection
  menu: OpenMenu
  onMenu: (menu: OpenMenu) => void
}

/** What can be done with the selection. Every button says to how many records it does it. */
export function BulkBar({ kind, selection, menu, onMenu }: Props) {
  const run = useBulk(kind)
  const owners = useOwnerChoices()
  const { list } = words
  const total = selectedCount(selection)
  const count = formatNumber(total)
  const tooMany = total > MOST_AT_ONCE
  const label = findField(kind, kind.statusField)?.label ?? ''
  return (
    <div className={styles.bar} role="toolbar" aria-label={list.selectedTitle}>
      <span className={`${styles.count} num`}>
        <b>{selection.all === null ? count : list.allThatMatch(count)}</b> {selection.all === null && list.selected}
      </span>
      {tooMany ? (
        <span className={styles.tooMany}>{list.tooMany(formatNumber(MOST_AT_ONCE))}</span>
      ) : (
        <>
          <ChoiceMenu
            label={label}
            trigger={
              <Button keys="s">
                <CircleDot aria-hidden />
                {list.statusOf(label, count)}
              </Button>
            }
            value=""
            choices={statusChoices(kind)}
            onChoose={(value) => void run(selection, { [kind.statusField]: value })}
            open={menu === 'status'}
            onOpenChange={(open) => onMenu(open ? 'status' : undefined)}
          />
          <ChoiceMenu
            label={words.fields.assignedTo}
            trigger={
              <Button keys="a">
                <UserRound aria-hidden />
                {list.ownerOf(count)}
              </Button>
            }
            value=" "
            choices={owners}
            onChoose={(value) => void run(selection, { assignedTo: value === NOBODY ? null : value })}
            open={menu === 'owner'}
            onOpenChange={(open) => onMenu(open ? 'owner' : undefined)}
          />
          <Button look="danger" onClick={() => void run(selection, null)}>
            <Trash2 aria-hidden />
            {list.deleteMany(count)}
          </Button>
        </>
      )}
      <Button look="quiet" keys="Escape" onClick={() => clearSelection(kind.plural)}>
        {list.clear}
      </Button>
    </div>
  )
}
