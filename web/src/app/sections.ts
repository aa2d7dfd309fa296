import type { useNavigate } from '@tanstack/react-router'

const lastAddresses = new Map<string, string>()

/** Notes the address of a section, so that coming back to the section shows what it showed. */
export function rememberSection(pathname: string, searchText: string): void {
  const section = /^\/(leads|contacts|accounts|opportunities|reports|operations)(?=\/|$)/.exec(pathname)?.[0]
  if (section !== undefined) lastAddresses.set(section, section + searchText)
}

/** Opens a section as it was left. In its own list, it opens without filters. */
export function openSection(navigate: ReturnType<typeof useNavigate>, path: string): void {
  void navigate({ href: sectionAddress(path) })
}

export function sectionAddress(path: string): string {
  const isHere = location.pathname === path
  return isHere ? path : (lastAddresses.get(path) ?? path)
}
