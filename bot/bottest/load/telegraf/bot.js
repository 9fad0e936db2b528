// A bot such as one writes with Telegraf, to compare with: a report as a wizard scene, sessions and incidents in SQLite.
//
//   BOT_TOKEN=… node bot.js ADDRESS FILE
//
// It does all as Telegraf's documentation has it, and nothing beside it. Telegraf handles the updates of one poll side by
// side and polls again when all of them are done. It saves a session once an update is handled, so after the reply has
// left; better-sqlite3 is synchronous, so each save, with its wait for the disk, is a commit of its own. handlerTimeout
// stays at its default of 90 s. An error that nobody handles ends the bot: whoever measures shall see it.
import { Composer, Markup, Scenes, Telegraf, session } from 'telegraf'
import { message } from 'telegraf/filters'
import { open, recorder, sessions } from './store.js'

const [address, file] = process.argv.slice(2)
const db = open(file)
const record = recorder(db)

const topics = ['Ямы на дорогах', 'Не горят фонари', 'Открытый люк', 'Мусор и свалки']
const send = Markup.button.callback('✓ Отправить', 'send')

// preview is what the bot has understood, for the person to look at.
const preview = ({ topic, place, text }) => [
  `Понял: ${topic}, ${place}.\n\n${text}\n\nПроверьте, всё ли верно. Если да, нажмите «✓ Отправить».`,
  Markup.inlineKeyboard([[Markup.button.callback(topic, 'same'), Markup.button.callback('Другая тема', 'other')], [send]]),
]

const said = new Composer()
said.on(message('text'), async (ctx) => {
  ctx.scene.state.text = ctx.message.text
  await ctx.reply('Где это? Напишите адрес или пришлите место на карте.')
  return ctx.wizard.next()
})

const placed = new Composer()
placed.on(message('text'), async (ctx) => {
  Object.assign(ctx.scene.state, { place: ctx.message.text, topic: topics[0] })
  await ctx.reply(...preview(ctx.scene.state))
  return ctx.wizard.next()
})

const checked = new Composer()
checked.action('other', async (ctx) => {
  await ctx.answerCbQuery()
  await ctx.editMessageText('О чём это?', Markup.inlineKeyboard(topics.map((topic, i) => [Markup.button.callback(topic, `topic:${i}`)])))
})
checked.action(/^topic:(\d+)$/, async (ctx) => {
  ctx.scene.state.topic = topics[ctx.match[1]]
  await ctx.answerCbQuery()
  await ctx.editMessageText(...preview(ctx.scene.state))
})
checked.action('send', async (ctx) => {
  const number = record(ctx.from.id, ctx.scene.state) // before anybody is told
  await ctx.answerCbQuery()
  await ctx.editMessageText(`Обращение № ${number} записано. Мы напишем, когда будет ответ.`)
  return ctx.scene.leave()
})

const report = new Scenes.WizardScene(
  'report',
  async (ctx) => {
    await ctx.reply('Расскажите, что случилось.')
    return ctx.wizard.next()
  },
  said,
  placed,
  checked,
)

const stage = new Scenes.Stage([report])
stage.command('new', (ctx) => ctx.scene.enter('report'))

// Of a Bot API server that is reached by http, Telegraf leaves the connections to Node's own agent, which keeps them alive.
const bot = new Telegraf(process.env.BOT_TOKEN, { telegram: { apiRoot: address } })
bot.use(session({ store: sessions(db) }))
bot.use(stage.middleware())

process.once('SIGINT', () => bot.stop('SIGINT'))
process.once('SIGTERM', () => bot.stop('SIGTERM'))
await bot.launch({ allowedUpdates: ['message', 'callback_query'] })
db.close()
