// What the table of a class can do in a browser that runs scripts: be sorted by a click on a header, and be narrowed. Without
// it the table is whole and in order. It is text, since the page carries it; the policy of the page allows it by its hash.

export const CLASS_PAGE_SCRIPT = `
'use strict'
const table = document.querySelector('#learners')
const body = table.tBodies[0]
const rows = [...body.rows]
const tools = document.querySelector('#tools')
const words = tools.querySelector('input')
const state = tools.querySelector('select')
const said = tools.querySelector('output')
const narrow = () => {
  const wanted = words.value.toLowerCase().split(' ').filter((word) => word !== '')
  let shown = 0
  for (const row of rows) {
    const text = row.textContent.toLowerCase()
    const fits = wanted.every((word) => text.includes(word)) && (' ' + row.dataset.states + ' ').includes(state.value)
    row.hidden = !fits
    if (fits) shown++
  }
  said.textContent = shown + ' of ' + rows.length + ' shown'
}
const valueOf = (row, column) => row.cells[column].dataset.value ?? row.cells[column].textContent
const compare = (a, b) => {
  const [x, y] = [Number(a), Number(b)]
  return a !== '' && b !== '' && !Number.isNaN(x) && !Number.isNaN(y) ? x - y : a.localeCompare(b)
}
const heads = [...table.tHead.rows[0].cells]
heads.forEach((head, column) => {
  const button = document.createElement('button')
  button.type = 'button'
  button.append(...head.childNodes)
  head.append(button)
  button.addEventListener('click', () => {
    const up = head.getAttribute('aria-sort') !== 'ascending'
    for (const other of heads) other.removeAttribute('aria-sort')
    head.setAttribute('aria-sort', up ? 'ascending' : 'descending')
    // What is not known comes last, whichever way.
    const known = rows.filter((row) => valueOf(row, column) !== '')
    const unknown = rows.filter((row) => valueOf(row, column) === '')
    known.sort((a, b) => (up ? 1 : -1) * compare(valueOf(a, column), valueOf(b, column)))
    body.append(...known, ...unknown)
  })
})
words.addEventListener('input', narrow)
state.addEventListener('change', narrow)
tools.hidden = false
narrow()
`
