import { lazy, Suspense } from 'react'
import { closeDialog, useDialog } from '../state/dialogs'

const Palette = lazy(() => import('./Palette'))
const KeysHelp = lazy(() => import('./KeysHelp'))
const CreateDialog = lazy(() => import('../create/CreateDialog'))
const ConvertDialog = lazy(() => import('../convert/ConvertDialog'))
const UndoDialog = lazy(() => import('../operations/UndoDialog'))

/** The dialog that a screen asked for, if any. */
export function DeskDialogs() {
  const request = useDialog()
  return <Suspense>{request !== null && drawDialog(request)}</Suspense>
}

function drawDialog(request: NonNullable<ReturnType<typeof useDialog>>) {
  switch (request.name) {
    case 'palette':
      return <Palette onClose={closeDialog} />
    case 'keys':
      return <KeysHelp onClose={closeDialog} />
    case 'create':
      return <CreateDialog plural={request.plural} values={request.values} onClose={closeDialog} />
    case 'convert':
      return <ConvertDialog id={request.id} onClose={closeDialog} />
    case 'undo':
      return <UndoDialog operationId={request.operationId} onClose={closeDialog} />
  }
}
