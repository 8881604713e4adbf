import { appStories } from './app-stories.ts'
import { approvalStories } from './approval-stories.ts'
import { billStories } from './bill-stories.ts'
import { careStories } from './care-stories.ts'
import { emergencyStories } from './emergency-stories.ts'
import { onboardingStories } from './onboarding-stories.ts'
import { popupStories } from './popup-stories.ts'
import type { Story } from './story.ts'

/** Every state of every screen. */
export const stories: Story[] = [
  ...approvalStories,
  ...popupStories,
  ...onboardingStories,
  ...appStories,
  ...emergencyStories,
  ...careStories,
  ...billStories,
]
