import { Autocomplete } from '@base-ui/react/autocomplete'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { useState } from 'react'
import { ask } from '../api/client'
import type { AnyRecord, Page } from '../api/types'
import { kindsByPlural } from '../kinds'
import { type Command, useAllCommands } from '../state/commands'
import { Dialog } from '../ui/Dialog'
import { Keys } from '../ui/Keys'
import popup from '../ui/Popup.module.css'
import { StatusIcon } from '../ui/StatusIcon'
import { words } from '../words'
import { formatNumber } from '../words/format'
import styles from './Palette.module.css'

interface Entry {
  id: string
  label: string
  detail?: string
  status?: unknown
  keys?: string
  run: () => void
}
interface Group {
  value: string
  items: Entry[]
}

const SHOWN_LEADS = 7
const SHOWN_COMMANDS = 8

/** Finds leads as one types, and everything that can be done. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('')
  const groups = useEntries(text.trim())
  const choose = (entry: Entry) => {
    onClose()
    setTimeout(entry.run) // after the focus has gone back, so that what opens gets it
  }
  return (
    <Dialog title={words.shell.findOrDo} showTitle={false} width="medium" onClose={onClose}>
      <Autocomplete.Root
        open
        inline
        items={groups}
        value={text}
        onValueChange={setText}
        filter={null}
        autoHighlight="always"
        keepHighlight
        itemToStringValue={(entry: Entry) => entry.label}
      >
        <div className={styles.top}>
          <Search size={17} aria-hidden />
          <Autocomplete.Input className={styles.input} placeholder={words.palette.hint} aria-label={words.shell.findOrDo} />
        </div>
        <Autocomplete.Empty className={styles.empty}>{words.common.nothingFound}</Autocomplete.Empty>
        <Autocomplete.List className={styles.list}>
          {(group: Group) => (
            <Autocomplete.Group key={group.value} items={group.items}>
              <Autocomplete.GroupLabel className={popup.heading}>{group.value}</Autocomplete.GroupLabel>
              <Autocomplete.Collection>
                {(entry: Entry) => (
                  <Autocomplete.Item key={entry.id} value={entry} className={popup.item} onClick={() => choose(entry)}>
                    <EntryRow entry={entry} />
                  </Autocomplete.Item>
                )}
              </Autocomplete.Collection>
            </Autocomplete.Group>
          )}
        </Autocomplete.List>
      </Autocomplete.Root>
    </Dialog>
  )
}

function EntryRow({ entry }: { entry: Entry }) {
  return (
    <>
      {entry.status !== undefined && <StatusIcon kind={kindsByPlural.leads} value={entry.status} />}
      <span className="ellipsis">
        {entry.label}
        {entry.detail && <span className="faint"> · {entry.detail}</span>}
      </span>
      {entry.keys !== undefined && (
        <span className={popup.end}>
          <Keys keys={entry.keys} />
        </span>
      )}
    </>
  )
}

function useEntries(wanted: string): Group[] {
  const navigate = useNavigate()
  const commands = useAllCommands()
  const searches = wanted.length > 1
  const { data } = useQuery({
    queryKey: ['leads', 'list', 'palette', wanted],
    enabled: searches,
    queryFn: async ({ signal }) => (await ask<Page<AnyRecord>>('leads/', { query: { search: wanted, limit: SHOWN_LEADS }, signal })).data,
  })
  const kind = kindsByPlural.leads
  const found = searches ? (data?.results ?? []) : []
  const leads = found.map((lead): Entry => ({
    id: lead.id,
    label: kind.titleOf(lead),
    detail: kind.subtitleOf(lead),
    status: lead.status,
    run: () => void navigate({ to: '/leads/$id', params: { id: lead.id }, search: {} }),
  }))
  const total = data?.count ?? 0
  if (searches && total > found.length) {
    leads.push({ id: 'all', label: words.palette.all(formatNumber(total), wanted), run: () => void navigate({ to: '/leads', search: { search: wanted } }) })
  }
  const matching = commands.filter((command) => !command.keysOnly && command.label.toLowerCase().includes(wanted.toLowerCase()))
  const isView = (command: Command) => command.group === words.views.title
  return [
    { value: words.kinds.lead.Many, items: leads },
    { value: words.palette.commands, items: listEntries(matching.filter((command) => !isView(command))) },
    { value: words.views.title, items: listEntries(matching.filter(isView)) },
  ].filter((group) => group.items.length > 0)
}

function listEntries(commands: readonly Command[]): Entry[] {
  return commands.slice(0, SHOWN_COMMANDS).map(({ id, label, keys, run }) => ({ id, label, keys, run }))
}
