import { useSyncExternalStore } from 'react'

const phone = matchMedia('(max-width: 720px)')

/** True on a phone, where a record covers the list and a dialog is a sheet. */
export function usePhone(): boolean {
  return useSyncExternalStore(subscribe, () => phone.matches)
}

function subscribe(listener: () => void): () => void {
  phone.addEventListener('change', listener)
  return () => phone.removeEventListener('change', listener)
}
