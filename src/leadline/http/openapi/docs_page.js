// Filters the routes of the page as one types. Without scripts the page has no search, and all else works.
const nav = document.querySelector('nav')
const search = document.createElement('input')
search.type = 'search'
search.placeholder = 'Search routes, fields and codes'
search.setAttribute('aria-label', search.placeholder)
nav.querySelector('b').after(search)
const sections = [...document.querySelectorAll('section')]
const texts = new Map(sections.map((section) => [section, section.textContent.toLowerCase()]))
search.addEventListener('input', () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean)
  for (const section of sections) {
    section.hidden = !words.every((word) => texts.get(section).includes(word))
    nav.querySelector(`a[href="#${section.id}"]`).hidden = section.hidden
  }
  for (const group of nav.querySelectorAll('div')) group.hidden = !group.querySelector('a:not([hidden])')
})
document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.target === search) return
  event.preventDefault()
  search.focus()
})
