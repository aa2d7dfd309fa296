import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { MoreHorizontal, UserPlus } from 'lucide-react'
import { useState } from 'react'
import { ask, write } from '../api/client'
import { useMe } from '../api/records'
import type { Page, User, Values } from '../api/types'
import { Avatar } from '../ui/Avatar'
import { Bone } from '../ui/Bone'
import { Button } from '../ui/Button'
import { LoadError } from '../ui/LoadError'
import { ActionMenu } from '../ui/Menu'
import { tell, tellRefusal } from '../ui/toast'
import { words } from '../words'
import { formatDay } from '../words/format'
import { ConfirmDialog } from './ConfirmDialog'
import { InviteDialog } from './InviteDialog'
import { PasswordDialog } from './PasswordDialog'
import styles from './Settings.module.css'

const PAGE_SIZE = 100
const ROLES = ['admin', 'user', 'viewer']
type Open = { dialog: 'invite' } | { dialog: 'disable' | 'password'; user: User }

/** Everybody who can sign in, for admins. */
export function PeoplePart() {
  const cache = useQueryClient()
  const [open, setOpen] = useState<Open>()
  const close = () => setOpen(undefined)
  const refresh = () => void cache.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === 'users' || queryKey[0] === 'people' })
  const { data, error, refetch, hasNextPage, fetchNextPage } = useUsers()
  const change = async (user: User, values: Values) => {
    try {
      await write(`users/${user.id}/`, { method: 'PATCH', body: values })
      tell(words.people.changed(nameOf(user)))
      refresh()
    } catch (refusal) {
      tellRefusal(words.common.notSaved, refusal)
    }
  }
  if (data === undefined) return error === null ? <Bone /> : <LoadError error={error} retry={() => void refetch()} />
  const { people } = words
  return (
    <>
      <div className={styles.top}>
        <p className="muted grow">{people.text}</p>
        <Button look="primary" onClick={() => setOpen({ dialog: 'invite' })}>
          <UserPlus aria-hidden />
          {people.invite}
        </Button>
      </div>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{people.name}</th>
            <th scope="col" className={styles.optional}>
              {people.email}
            </th>
            <th scope="col">{people.role}</th>
            <th scope="col" className={styles.optional}>
              {people.since}
            </th>
            <td />
          </tr>
        </thead>
        <tbody>
          {data.pages
            .flatMap((page) => page.results)
            .map((user) => (
              <PersonRow key={user.id} user={user} change={(values) => void change(user, values)} open={(dialog) => setOpen({ dialog, user })} />
            ))}
        </tbody>
      </table>
      {hasNextPage && <Button onClick={() => void fetchNextPage()}>{words.common.more}</Button>}
      {open?.dialog === 'invite' && <InviteDialog onClose={close} onDone={refresh} />}
      {open?.dialog === 'password' && <PasswordDialog user={open.user} onClose={close} />}
      {open?.dialog === 'disable' && (
        <ConfirmDialog title={people.disableTitle(nameOf(open.user))} text={people.disableText} action={people.disableNow} onClose={close} onConfirm={() => void change(open.user, { active: false })} />
      )}
    </>
  )
}

function PersonRow({ user, change, open }: { user: User; change: (values: Values) => void; open: (dialog: 'disable' | 'password') => void }) {
  const isMe = useMe()?.user.id === user.id
  const { people } = words
  const name = nameOf(user)
  return (
    <tr className={user.active ? undefined : styles.off}>
      <th scope="row">
        <span className={styles.person}>
          <Avatar name={name} />
          {name}
          {isMe && <span className="faint">{people.you}</span>}
        </span>
      </th>
      <td className={styles.optional}>{user.email}</td>
      <td>{user.active ? people.roles[user.role] : people.disabled}</td>
      <td className={`${styles.optional} num`}>{formatDay(user.createdAt)}</td>
      <td>
        <ActionMenu
          label={people.actions(name)}
          trigger={
            <Button look="quiet" iconOnly aria-label={people.actions(name)}>
              <MoreHorizontal aria-hidden />
            </Button>
          }
          actions={[
            ...ROLES.filter((role) => role !== user.role).map((role) => ({ label: people.makeRole(people.roles[role] ?? role), run: () => change({ role }) })),
            'separator',
            { label: people.newPassword, run: () => open('password') },
            user.active ? { label: people.disable, run: () => open('disable'), disabled: isMe } : { label: people.enable, run: () => change({ active: true }) },
          ]}
        />
      </td>
    </tr>
  )
}

function useUsers() {
  return useInfiniteQuery({
    queryKey: ['users'],
    initialPageParam: 0,
    queryFn: async ({ pageParam, signal }) => (await ask<Page<User>>('users/', { query: { limit: PAGE_SIZE, offset: pageParam }, signal })).data,
    getNextPageParam: (page, pages) => (page.next === null ? undefined : pages.length * PAGE_SIZE),
  })
}

function nameOf(user: User): string {
  return [user.firstName, user.lastName].filter(Boolean).join(' ') || user.email
}
