import styles from './Avatar.module.css'

const HUES = 9

/** The initials of a name, on a hue that the name always has. */
export function Avatar({ name, size = 'small' }: { name: string; size?: 'tiny' | 'small' | 'large' }) {
  return (
    <span className={`${styles.avatar} ${styles[size]}`} data-hue={hashText(name) % HUES} aria-hidden>
      {readInitials(name)}
    </span>
  )
}

function readInitials(name: string): string {
  const words = name.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word))
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words
  const initials = chosen.map((word) => (/[\p{L}\p{N}]\p{M}*/u.exec(word ?? '') ?? [''])[0])
  return initials.join('').toUpperCase() || '–'
}

function hashText(text: string): number {
  let hash = 0
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0
  return hash
}
