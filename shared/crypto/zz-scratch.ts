import { pseudonymKey, depositIdentity, recipientOf } from '/work/main/shared/crypto/derive.ts'
import { seedOf, createMnemonic } from '/work/main/shared/crypto/mnemonic.ts'
import { createHeader, openHeader } from '/work/main/shared/crypto/header.ts'
import * as S from '/work/main/shared/crypto/seal.ts'
import * as P from '/work/main/shared/crypto/payload.ts'
import * as C from '/work/main/shared/crypto/chunk-cipher.ts'
import * as W from '/work/main/shared/crypto/password.ts'
import * as age from 'age-encryption'
const id='0x'+'ab'.repeat(32)
const t=async(n:string,f:()=>any,k=1)=>{await f();const s=performance.now();for(let i=0;i<k;i++)await f();console.log(n,((performance.now()-s)/k).toFixed(2),'ms')}
const m=createMnemonic();const seed=seedOf(m)
await t('seedOf',()=>seedOf(m),5)
await t('pseudonymKey',()=>pseudonymKey(seed,id),50)
const ident=depositIdentity(seed,id)
const r=await recipientOf(ident)
await t('recipientOf',()=>recipientOf(ident),20)
await t('createHeader',()=>createHeader([r]),20)
const h=await createHeader([r])
await t('openHeader',()=>openHeader(h.header,ident),20)
await t('wrap',()=>W.wrapDataKey(new Uint8Array(32),'hello'),2)
const N=64*2**20
const data=new Uint8Array(N);for(let i=0;i<N;i+=65536)crypto.getRandomValues(data.subarray(i,i+65536))
const bench=async(n:string,f:()=>Promise<any>)=>{const ts:number[]=[];for(let i=0;i<5;i++){const s=performance.now();await f();ts.push(performance.now()-s)}ts.sort((a,b)=>a-b);console.log(n,(N/1e6/(ts[2]!/1e3)).toFixed(0),'MB/s')}
const e=new age.Encrypter();e.addRecipient(r)
const d=new age.Decrypter();d.addIdentity(ident)
const f1=await e.encrypt(data)
await bench('typage seal',()=>e.encrypt(data))
await bench('typage open',()=>d.decrypt(f1))
await bench('ours seal',()=>S.seal([r],data))
await bench('ours open',()=>S.open(ident,f1))
const drain=async(g:AsyncIterable<Uint8Array>)=>{for await(const _ of g);}
for(const [n,c] of [['web',C.webCipher],['noble',C.nobleCipher]] as const){
 await bench(n+' sealPayload',()=>drain(P.sealPayload(h.fileKey,data,c)))
 const parts:Uint8Array[]=[];for await(const p of P.sealPayload(h.fileKey,data,c))parts.push(p)
 await bench(n+' openPayload',()=>drain(P.openPayload(h.fileKey,parts,c)))
 const whole=new Uint8Array(Buffer.concat([Buffer.from('x'),...parts])).subarray(1)
 await bench(n+' openPayload whole unaligned',()=>drain(P.openPayload(h.fileKey,whole,c)))
}
