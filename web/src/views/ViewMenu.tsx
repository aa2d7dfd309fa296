import { MoreHorizontal } from 'lucide-react'
import type { Query } from '../api/query'
import { ActionMenu } from '../ui/Menu'
import { words } from '../words'
import { useViewWrites } from './useViewWrites'
import styles from './ViewList.module.css'
import { isShown, type View } from './views'

interface Props {
  view: View
  /** The query of the list of the same kind that is shown now; undefined if another screen is. */
  shown: Query | undefined
  onRename: () => void
}

/** What can be done with a view of one's own. */
export function ViewMenu({ view, shown, onRename }: Props) {
  const { update, remove } = useViewWrites()
  const { views } = words
  const canUpdate = shown !== undefined && !isShown(view, `/${view.plural}`, shown)
  return (
    <ActionMenu
      label={views.actionsOf(view.name)}
      trigger={
        <button type="button" className={styles.menu} aria-label={views.actionsOf(view.name)}>
          <MoreHorizontal aria-hidden />
        </button>
      }
      actions={[
        { label: views.rename, run: onRename },
        { label: views.update, disabled: !canUpdate, run: () => shown && void update(view, shown) },
        'separator',
        { label: views.remove, run: () => void remove(view) },
      ]}
    />
  )
}
