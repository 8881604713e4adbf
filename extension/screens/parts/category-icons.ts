import {
  Activity, Brain, Dna, FileText, FlaskConical, HeartHandshake, HeartPulse, type IconNode, Pill, ReceiptText, ScanLine, Stethoscope, Syringe, Wheat, Wine,
} from 'lucide'
import type { Category } from '../../../shared/protocol/categories.ts'

export const categoryIcons: Readonly<Record<Category, IconNode>> = {
  problems: Stethoscope,
  medications: Pill,
  allergies: Wheat,
  immunizations: Syringe,
  laboratory: FlaskConical,
  imaging: ScanLine,
  procedures: Activity,
  documents: FileText,
  vitals: HeartPulse,
  billing: ReceiptText,
  'mental-health': Brain,
  'sexual-health': HeartHandshake,
  genetics: Dna,
  'substance-use': Wine,
}
