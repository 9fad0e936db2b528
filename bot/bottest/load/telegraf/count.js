// Prints what a bot has kept, for whoever checks it: how many incidents there are, and the last number.
//
//   node count.js FILE
import { open } from './store.js'

const { n, last } = open(process.argv[2]).prepare('SELECT count(*) AS n, coalesce(max(number), 0) AS last FROM incidents').get()
console.log(n, last)
