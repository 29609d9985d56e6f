// What runs in the page of a trace, as text: it stands in the page itself, and the page's policy knows it by its hash.
// It only moves along what is there: the picture's parts say themselves in which row they begin and end.

export const PAGE_SCRIPT = `
'use strict'
const run = JSON.parse(document.getElementById('run').textContent)
const byId = (id) => document.getElementById(id)
const slider = byId('step')
const parts = [...document.querySelectorAll('svg [data-row]')].map((part) => ({
  part, from: Number(part.dataset.row), to: Number(part.dataset.end), isMessage: part.classList.contains('message'),
}))
const element = (name, text, className) => {
  const made = document.createElement(name)
  made.textContent = text
  if (className) made.className = className
  return made
}
function show(step) {
  const row = run.rows[step]
  for (const { part, from, to, isMessage } of parts) {
    part.classList.toggle('later', from > step)
    if (isMessage) part.classList.toggle('flight', from <= step && step < to)
  }
  const now = document.querySelector('.now-line')
  now.setAttribute('y1', row.y)
  now.setAttribute('y2', row.y)
  now.setAttribute('visibility', 'visible')
  const said = row.time + ': ' + row.says + (step === run.broken ? '. Here it breaks.' : '')
  byId('said').textContent = said
  byId('said').className = step === run.broken ? 'bad' : ''
  slider.setAttribute('aria-valuetext', said)
  const known = run.lifelines.map(() => new Map())
  for (let i = 0; i <= step; i++)
    for (const [name, value] of run.rows[i].lane < 0 ? [] : run.rows[i].changed) known[run.rows[i].lane].set(name, value)
  const fresh = new Set(row.changed.map(([name]) => name))
  byId('nodes').replaceChildren(
    ...run.lifelines.map((name, lane) => {
      const out = run.outages.find((one) => one.lane === lane && one.fromRow <= step && step < one.toRow)
      const card = element('li', '', (out && out.kind === 'down' ? 'down ' : '') + (lane === row.lane ? 'active' : ''))
      card.append(element('strong', name + (out ? ' · ' + out.kind : '')))
      for (const [field, value] of known[lane])
        card.append(element('code', field + '=' + value, lane === row.lane && fresh.has(field) ? 'new' : ''))
      return card
    }),
  )
  const flights = run.messages.filter(({ sent, end }) => sent <= step && step < end).map(({ says }) => says)
  byId('flights').textContent = flights.length === 0 ? 'Nothing is on its way.' : 'On its way: ' + flights.join(', ')
}
// Below the panel, which stays where it is.
function bringIntoView() {
  const { top, height } = document.querySelector('svg').getBoundingClientRect()
  const y = top + (run.rows[Number(slider.value)].y * height) / document.querySelector('svg').viewBox.baseVal.height
  const above = document.querySelector('.steps').getBoundingClientRect().bottom + 40
  if (y < above) scrollBy(0, y - above)
  else if (y > innerHeight - 60) scrollBy(0, y - innerHeight + 60)
}
function go(step) {
  slider.value = String(Math.max(0, Math.min(run.rows.length - 1, step)))
  moved()
}
function moved() {
  show(Number(slider.value))
  bringIntoView()
}
slider.addEventListener('input', moved)
byId('back').addEventListener('click', () => go(Number(slider.value) - 1))
byId('forth').addEventListener('click', () => go(Number(slider.value) + 1))
const violation = byId('violation')
if (violation) violation.addEventListener('click', () => go(Number(violation.dataset.row)))
if (run.rows.length > 0) {
  document.querySelector('.steps').hidden = false
  show(Number(slider.value))
}
`
