import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type Command, useCommands } from '../state/commands'
import { openDialog } from '../state/dialogs'
import { isDark, theme } from '../state/preferences'
import { takeBackLast } from '../undo/undo'
import { words } from '../words'
import { PLACES } from './places'
import { openSection } from './sections'

/** The commands that every screen has. */
export function useDeskCommands(): void {
  const navigate = useNavigate()
  const cache = useQueryClient()
  const general = words.shell.groupGeneral
  const go: Command[] = PLACES.map((place) => ({
    id: `go.${place.path}`,
    label: words.shell.goTo(place.label),
    keys: place.keys,
    group: words.shell.groupGo,
    run: () => openSection(navigate, place.path),
  }))
  useCommands([
    { id: 'palette', label: words.shell.findOrDo, keys: '$mod+k', group: general, whileTyping: true, keysOnly: true, run: () => openDialog({ name: 'palette' }) },
    { id: 'keys', label: words.shell.allKeys, keys: '? | Shift+?', group: general, run: () => openDialog({ name: 'keys' }) },
    { id: 'create.lead', label: words.shell.newLead, keys: 'n', group: general, run: () => openDialog({ name: 'create', plural: 'leads' }) },
    { id: 'undo', label: words.shell.undoLast, keys: '$mod+z', group: general, run: () => takeBackLast(cache) },
    { id: 'theme', label: words.shell.toggleTheme, keys: 't d', group: general, run: () => theme.set(isDark() ? 'light' : 'dark') },
    ...go,
  ])
}
