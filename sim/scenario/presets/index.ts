import { CLOUD_GAME_4K, CLOUD_GAME_1080P } from './cloud-games.ts';
import { CT_RECONSTRUCTION } from './ct-reconstruction.ts';
import { AUTOCAD_DESKTOP, OFFICE_DESKTOP } from './desktops.ts';
import { DRIVING_STREAM, DRIVING_TRAINING } from './driving.ts';
import { RESNET_50_INFERENCE, RESNET_50_INFERENCE_LATENCY, YOLOS_INFERENCE } from './inference.ts';
import type { Preset } from './preset.ts';
import { RENDER_FRAME, RENDER_PREVIEW } from './render-farm.ts';
import { RESNET_50_TRAINING, RESNET_SMALL_IMAGES_TRAINING } from './resnet-training.ts';
import { RISK_MODEL } from './risk-model.ts';
import { VIDEO_ENCODE } from './video-encode.ts';

export {
  assumedFigures,
  type BatchPreset,
  figuresOf,
  type Preset,
  type PresetKind,
  type ServicePreset,
  type SessionPreset,
} from './preset.ts';

/** Well-known kinds of work with their figures, in the order in which they are listed to people. */
export const PRESETS: readonly Preset[] = [
  AUTOCAD_DESKTOP,
  OFFICE_DESKTOP,
  CLOUD_GAME_1080P,
  CLOUD_GAME_4K,
  RESNET_50_TRAINING,
  RESNET_SMALL_IMAGES_TRAINING,
  RESNET_50_INFERENCE,
  RESNET_50_INFERENCE_LATENCY,
  YOLOS_INFERENCE,
  CT_RECONSTRUCTION,
  RENDER_FRAME,
  RENDER_PREVIEW,
  VIDEO_ENCODE,
  RISK_MODEL,
  DRIVING_STREAM,
  DRIVING_TRAINING,
];

/** The preset of that name; undefined when there is none. */
export function presetNamed(name: string): Preset | undefined {
  return PRESETS.find((preset) => preset.name === name);
}
