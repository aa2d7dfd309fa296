/** Where a list stood. */
export interface ListPlace {
  position: number
  active: number
}

const KEPT = 50
const places = new Map<string, ListPlace>()

/** Where the list with this address stood when it was left, so that coming back shows the same rows. */
export function recallPlace(address: string): ListPlace {
  return places.get(address) ?? { position: 0, active: 0 }
}

export function keepPlace(address: string, place: ListPlace): void {
  places.delete(address)
  places.set(address, place)
  const oldest = places.keys().next().value
  if (places.size > KEPT && oldest !== undefined) places.delete(oldest)
}
