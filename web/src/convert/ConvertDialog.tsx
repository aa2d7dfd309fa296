export default function ConvertDialog(_: { id: string; onClose: () => void }) {
  return null
}
