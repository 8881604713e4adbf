// Reads one SMT-LIB query from standard input and prints Z3's answer: a program of its own, since the compiler waits for
// each answer and Z3's WebAssembly answers later.
import { readFileSync, writeSync } from 'node:fs'
import { init } from 'z3-solver'

const { Z3 } = await init()
const context = Z3.mk_context(Z3.mk_config())
writeSync(1, await Z3.eval_smtlib2_string(context, readFileSync(0, 'utf8')))
// Its worker threads would keep the program open.
process.exit(0)
