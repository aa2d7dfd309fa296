import type { Plural, Values } from '../api/types'

export default function CreateDialog(_: { plural: Plural; values?: Values; onClose: () => void }) {
  return null
}
