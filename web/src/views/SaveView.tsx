import { useQuery } from '@tanstack/react-query'
import { BookmarkPlus } from 'lucide-react'
import { useState } from 'react'
import { type Query, toListQuery } from '../api/query'
import type { KindSpec } from '../kinds'
import { useCommands } from '../state/commands'
import { Button } from '../ui/Button'
import { Popover } from '../ui/Popover'
import { words } from '../words'
import { NameForm } from './NameForm'
import styles from './NameForm.module.css'
import { useViewWrites } from './useViewWrites'
import { BUILT_IN, isShown, savedViewsOptions } from './views'

const { views } = words

/** A button that keeps the filters and the order of a list under a name. A list that is a view already has none. */
export function SaveView({ kind, query }: { kind: KindSpec; query: Query }) {
  const { data: saved } = useQuery(savedViewsOptions)
  const isPlain = Object.keys(toListQuery(query)).length === 0
  const isView = [...BUILT_IN, ...(saved ?? [])].some((view) => isShown(view, `/${kind.plural}`, query))
  return isPlain || saved === undefined || isView ? null : <SaveButton kind={kind} query={query} />
}

function SaveButton({ kind, query }: { kind: KindSpec; query: Query }) {
  const [open, setOpen] = useState(false)
  const { create } = useViewWrites()
  useCommands([{ id: 'view.save', label: views.saveLabel, group: words.filter.group, run: () => setOpen(true) }])
  return (
    <Popover
      label={views.saveLabel}
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button look="quiet">
          <BookmarkPlus aria-hidden />
          {views.save}
        </Button>
      }
    >
      <NameForm className={styles.inPopover} name="" onSave={(name) => create({ name, plural: kind.plural, query })} onDone={() => setOpen(false)}>
        <Button type="submit" look="primary">
          {views.saveButton}
        </Button>
      </NameForm>
    </Popover>
  )
}
