import '../base.css'
import { App } from '../app/app.tsx'
import { mount } from '../mount.tsx'
import { Popup } from '../popup/popup.tsx'

const screen = new URLSearchParams(location.search).get('screen')
if (screen === 'app') mount(<App />)
else mount(<Popup tall={screen === 'sidepanel'} />)
