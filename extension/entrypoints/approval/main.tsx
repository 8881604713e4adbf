import '../../screens/base.css'
import { Approval } from '../../consent/approval.tsx'
import { mount } from '../../screens/mount.tsx'

mount(<Approval id={new URLSearchParams(location.search).get('request')} />)
