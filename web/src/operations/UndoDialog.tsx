export default function UndoDialog(_: { operationId: string; onClose: () => void }) {
  return null
}
