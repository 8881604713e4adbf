import '../../screens/base.css'
import { App } from '../../screens/app/app.tsx'
import { mount } from '../../screens/mount.tsx'

mount(<App />)
