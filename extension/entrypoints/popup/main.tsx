import '../../screens/base.css'
import { mount } from '../../screens/mount.tsx'
import { Popup } from '../../screens/popup/popup.tsx'

mount(<Popup />)
