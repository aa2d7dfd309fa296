const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const LENGTH = 16

/** A random password of 16 characters that people do not mistake for each other: 92 bits. */
export function makePassword(): string {
  const numbers = crypto.getRandomValues(new Uint32Array(LENGTH))
  return Array.from(numbers, (number) => LETTERS[number % LETTERS.length]).join('')
}
