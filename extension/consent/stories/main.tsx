import '../../screens/base.css'
import { mount } from '../../screens/mount.tsx'
import { Approval } from '../approval.tsx'

mount(<Approval id={new URLSearchParams(location.search).get('request')} />)
