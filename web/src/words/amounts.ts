/** The number that a person means by `12 500`, or the text if it is no number: the server then says what it takes. */
export function readAmount(text: string): number | string {
  const number = Number(text.replaceAll(/\s/g, ''))
  return text.trim() === '' || Number.isNaN(number) ? text : number
}
