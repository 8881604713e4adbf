import { findCarekey } from '/carekey.js'

const post = async (path, body = {}) => {
  const answer = await fetch(path, { method: 'POST', body: JSON.stringify(body) })
  if (!answer.ok) throw await answer.json()
  return answer.json()
}
const actions = {
  connect: async (carekey) =>
    carekey.connect(await post('/challenge'), (answer) => post('/connection', answer)),
  send: async (carekey) => carekey.deposit(await post('/letter')),
  share: async (carekey) => post('/answer', await carekey.requestAccess(await post('/request'))),
}
document.addEventListener('click', async ({ target: { name } }) => {
  const done = findCarekey().then(actions[name])
  document.querySelector('output').textContent = JSON.stringify(await done.catch(({ message }) => message))
})
