import { Autocomplete } from '@base-ui/react/autocomplete'
import { useFacets } from '../api/records'
import type { KindSpec } from '../kinds'
import popup from '../ui/Popup.module.css'
import { nameOfValue, words } from '../words'
import { type EditorProps, handleKey, shareProps } from './editing'

/** A source: a word of one's own, or one of those that are proposed or in use. */
export function SourceEditor(props: EditorProps) {
  const { kind, spec, editing, state } = props
  return (
    <Autocomplete.Root items={useSources(kind)} value={String(state.draft)} onValueChange={(text) => editing.change(spec, text)} defaultOpen openOnInputClick>
      <Autocomplete.Input {...shareProps(props)} onBlur={() => editing.commit(spec, 'leave')} onKeyDown={(event) => handleSourceKey(event, props)} />
      <Autocomplete.Portal>
        <Autocomplete.Positioner sideOffset={4} align="start" className={popup.place}>
          <Autocomplete.Popup className={popup.popup}>
            <Autocomplete.List>
              {(source: string) => (
                <Autocomplete.Item key={source} value={source} className={popup.item}>
                  {source}
                </Autocomplete.Item>
              )}
            </Autocomplete.List>
          </Autocomplete.Popup>
        </Autocomplete.Positioner>
      </Autocomplete.Portal>
    </Autocomplete.Root>
  )
}

/** Enter takes the suggestion that the arrows have reached, and saves if there is none. */
function handleSourceKey(event: Parameters<typeof handleKey>[0], props: EditorProps): void {
  const highlighted = event.currentTarget.getAttribute('aria-activedescendant')
  if (event.key === 'Enter' && highlighted) return
  handleKey(event, props)
}

function useSources(kind: KindSpec): string[] {
  const used = useFacets(kind.plural, {})?.facets.source ?? []
  const names = [...Object.values(words.sources), ...used.flatMap(({ value }) => (value === null ? [] : [nameOfValue(String(value))]))]
  return [...new Set(names)]
}
