import { useParams, useSearch } from '@tanstack/react-router'
import { ChevronDown, ChevronUp, Ellipsis, History, Link2, Maximize2, Minimize2, Trash2, X } from 'lucide-react'
import { type ReactElement, useState } from 'react'
import type { Query } from '../api/query'
import type { KindSpec } from '../kinds'
import { runCommand } from '../state/commands'
import { Button } from '../ui/Button'
import { ActionMenu } from '../ui/Menu'
import { Tip } from '../ui/Tip'
import { words } from '../words'
import { ExplainDialog } from './ExplainDialog'
import styles from './RecordPanel.module.css'

/** The bar over a record: the one before, the next, and what can be done with the record as a whole. */
export function RecordBar({ kind, isGone }: { kind: KindSpec; isGone: boolean }) {
  const { record } = words
  return (
    <div className={styles.bar}>
      <BarButton label={record.previous} keys="k" command="list.previous" icon={<ChevronUp aria-hidden />} />
      <BarButton label={record.next} keys="j" command="list.next" icon={<ChevronDown aria-hidden />} />
      <span className="grow" />
      {!isGone && <BarButton label={record.copyLink} command="record.copyLink" icon={<Link2 aria-hidden />} />}
      {!isGone && <MoreMenu kind={kind} />}
      <BarButton label={words.common.close} keys="Escape" command="record.close" icon={<X aria-hidden />} />
    </div>
  )
}

function BarButton({ label, keys, command, icon }: { label: string; keys?: string; command: string; icon: ReactElement }) {
  return (
    <Tip text={label} keys={keys}>
      <Button look="quiet" iconOnly aria-label={label} onClick={() => runCommand(command)}>
        {icon}
      </Button>
    </Tip>
  )
}

function MoreMenu({ kind }: { kind: KindSpec }) {
  const { record, common } = words
  const query: Query = useSearch({ strict: false })
  const { id } = useParams({ strict: false })
  const [explaining, setExplaining] = useState(false)
  const isFull = query.full === '1'
  return (
    <>
      <ActionMenu
        label={common.more}
        trigger={
          <Button look="quiet" iconOnly aria-label={common.more}>
            <Ellipsis aria-hidden />
          </Button>
        }
        actions={[
          { label: isFull ? record.besideTheList : record.asPage, icon: isFull ? <Minimize2 aria-hidden /> : <Maximize2 aria-hidden />, keys: 'Shift+Enter', run: () => runCommand('record.full') },
          { label: record.explain, icon: <History aria-hidden />, run: () => setExplaining(true) },
          'separator',
          { label: record.remove(kind.one), icon: <Trash2 aria-hidden />, keys: 'Delete', run: () => runCommand('record.delete') },
        ]}
      />
      {explaining && id !== undefined && <ExplainDialog kind={kind} id={id} onClose={() => setExplaining(false)} />}
    </>
  )
}
