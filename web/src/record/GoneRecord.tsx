import { useQueryClient } from '@tanstack/react-query'
import { Undo2 } from 'lucide-react'
import { useMe } from '../api/records'
import type { KindSpec } from '../kinds'
import { Button } from '../ui/Button'
import { Empty } from '../ui/Empty'
import { takeBack } from '../undo/undo'
import { words } from '../words'
import { formatAge } from '../words/format'
import { listEntries, useHistory } from './history'
import { useActorName } from './useActorName'

const { gone: texts } = words.record

/** What stands in place of a record that is deleted: who did it, when, and the way back. */
export function GoneRecord({ kind, id }: { kind: KindSpec; id: string }) {
  const cache = useQueryClient()
  const history = useHistory(kind.plural, id)
  const me = useMe()?.user
  const nameActor = useActorName()
  const last = listEntries(history.data)[0]
  if (history.isPending) return null
  if (last === undefined) return <Empty title={texts.neverTitle(kind.one)} text={texts.neverText} />
  const mayUndo = me?.role === 'admin' || (last.user.id === me?.id && last.key === null)
  return (
    <Empty title={texts.title(kind.one)} text={texts.text(nameActor(last), formatAge(last.at))}>
      {mayUndo ? (
        <Button look="primary" onClick={() => void takeBack(cache, last.operationId)}>
          <Undo2 aria-hidden />
          {words.common.undo}
        </Button>
      ) : (
        <p className="faint">{texts.askThem}</p>
      )}
    </Empty>
  )
}
