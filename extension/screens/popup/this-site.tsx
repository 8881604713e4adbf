import { Globe, ShieldAlert, ShieldCheck } from 'lucide'
import { useEffect, useState } from 'preact/hooks'
import { type Asked, ask } from '../ask.ts'
import { Banner } from '../components/banner.tsx'
import { Button } from '../components/button.tsx'
import { Icon } from '../components/icon.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { currentTab, requestSite } from '../platform.ts'
import { useAct, useSnapshot } from '../snapshot.ts'
import { standingInWords } from '../words/sentences.ts'
import './this-site.css'

type Site = Asked<'site.get'>

/** The page in the tab: whose it is, how that is known, and the invitation. */
export function ThisSite() {
  const [tabId, setTabId] = useState<number | null>(null)
  useEffect(() => {
    currentTab().then(setTabId, () => setTabId(null))
  }, [])
  return tabId === null ? null : <SiteOf tabId={tabId} />
}

function SiteOf({ tabId }: { tabId: number }) {
  const site = useSnapshot('site.get', { tabId })
  return (
    <section class="this-site" aria-label="This site">
      <Loaded snapshot={site} label="Looking this site up in the public register…">
        {(found) => (
          <Found
            site={found}
            tabId={tabId}
            onChanged={site.state === 'ready' ? site.reload : () => undefined}
          />
        )}
      </Loaded>
    </section>
  )
}

/** A page that was declined so often that it is not heard: seen here, and freed here. */
function Ignored({ tabId, until, onChanged }: { tabId: number; until: number; onChanged: () => void }) {
  const free = useAct(async () => {
    await ask('site.forgive', { tabId })
    onChanged()
  })
  useEffect(() => {
    const over = setTimeout(onChanged, Math.max(0, until * 1_000 - Date.now()))
    return () => clearTimeout(over)
  }, [until, onChanged])
  return (
    <Banner tone="caution">
      <p>Carekey ignores this page for a minute, because you declined three times.</p>
      <Button busy={free.running && 'One moment…'} onClick={free.run}>
        Let it ask again
      </Button>
      <Failure error={free.error} />
    </Banner>
  )
}

function Found({ site, tabId, onChanged }: { site: Site; tabId: number; onChanged: () => void }) {
  const { origin, organization, invited, blockedUntil } = site
  const invite = useAct(async (allowed: Promise<boolean>) => {
    if (!(await allowed)) return
    await ask('site.invite', { tabId })
    onChanged()
  })
  const host = origin ? new URL(origin).host : null
  if (!host || !organization) {
    return (
      <p class="this-site-line muted">
        <Icon node={Globe} />
        <span>
          {host
            ? `${host} is not registered with the health authority as a hospital’s page. Carekey does nothing here.`
            : 'This is not the page of a hospital. Carekey does nothing here.'}
        </span>
      </p>
    )
  }
  const good = organization.standing === 'accredited'
  return (
    <>
      <div class={`this-site-line ${good ? 'this-site-good' : 'this-site-doubtful'}`}>
        <Icon node={good ? ShieldCheck : ShieldAlert} size={24} />
        <div>
          <h2>{organization.name}</h2>
          <p class="small muted">
            {standingInWords(organization)} {good && `${host} is the address registered for it.`}
          </p>
        </div>
      </div>
      {!good && (
        <p class="small">Carekey does not work with it until the authority says that all is well again.</p>
      )}
      {good && invited && (
        <p class="small">
          {organization.connectedAt === null
            ? 'Carekey works on this site. Connect on the page itself.'
            : 'You are connected. Carekey works on this site.'}
        </p>
      )}
      {good && invited && blockedUntil !== null && (
        <Ignored tabId={tabId} until={blockedUntil} onChanged={onChanged} />
      )}
      {good && !invited && origin && (
        <Button
          kind="primary"
          wide
          busy={invite.running && 'Asking the browser…'}
          onClick={() => invite.run(requestSite(origin))}
        >
          Use Carekey on this site
        </Button>
      )}
      <Failure error={invite.error} />
    </>
  )
}
