import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { writeAndRefresh } from '../api/changes'
import { changeQuery, formatQuery, type Query } from '../api/query'
import type { AnyRecord } from '../api/types'
import type { KindSpec } from '../kinds'
import { type Command, useCommands } from '../state/commands'
import { openDialog } from '../state/dialogs'
import { tell, tellRefusal } from '../ui/toast'
import { copyText } from '../ui/copyText'
import { tellDone } from '../undo/undo'
import { words } from '../words'

const { group, ...labels } = words.record

/** The key that leaves an open record, which a record that is gone has, too. */
export function useCloseCommand(kind: KindSpec): void {
  const close = useClose(kind)
  useCommands([{ id: 'record.close', label: labels.close(kind.one), keys: 'Escape', group, run: close }])
}

/** The keys of an open record, beside those of its fields. */
export function useRecordCommands(kind: KindSpec, record: AnyRecord): void {
  const cache = useQueryClient()
  const navigate = useNavigate()
  const close = useClose(kind)
  const query: Query = useSearch({ strict: false })
  const { id } = record
  const toggleFull = () => {
    const full = query.full === '1' ? undefined : '1'
    void navigate({ href: `/${kind.plural}/${id}${formatQuery(changeQuery(query, { full }))}`, replace: true })
  }
  const remove = async () => {
    try {
      const { operationId } = await writeAndRefresh(cache, `${kind.plural}/${id}/`, { method: 'DELETE' }, [kind.plural], id)
      close()
      tellDone(cache, labels.deleted(kind.One), operationId, kind.titleOf(record))
    } catch (error) {
      tellRefusal(labels.notDeleted, error)
    }
  }
  const commands: Command[] = [
    { id: 'record.full', label: query.full === '1' ? labels.besideTheList : labels.asPage, keys: 'Shift+Enter', group, run: toggleFull },
    { id: 'record.copyLink', label: labels.copyLink, group, run: () => void copyLink(kind, id) },
    { id: 'record.delete', label: labels.remove(kind.one), keys: 'Delete', group, run: () => void remove() },
  ]
  if (kind.plural === 'leads' && record.status !== 'converted') {
    commands.push({ id: 'record.convert', label: labels.convert, keys: 'c', group, run: () => openDialog({ name: 'convert', id }) })
  }
  useCommands(commands)
}

function useClose(kind: KindSpec): () => void {
  const navigate = useNavigate()
  const query: Query = useSearch({ strict: false })
  return () => void navigate({ href: `/${kind.plural}${formatQuery(changeQuery(query, { full: undefined }))}` })
}

async function copyLink(kind: KindSpec, id: string): Promise<void> {
  await copyText(`${location.origin}/${kind.plural}/${id}`)
  tell(labels.linkCopied)
}
