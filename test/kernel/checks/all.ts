/** Every check that is run in the guests. */
import { AGGREGATE_CHECKS } from "./aggregates.js";
import { BEYOND_CHECKS } from "./beyond.js";
import type { GuestCheck } from "./check.js";
import { BY_HAND_CHECKS } from "./by-hand.js";
import { COMMAND_CHECKS } from "./command.js";
import { CONTAINER_CHECKS } from "./containers.js";
import { ENDING_CHECKS } from "./ending.js";
import { ALLOCATOR_CHECKS } from "./allocators.js";
import { HEAP_CHECKS } from "./heap.js";
import { KERNEL_COUNT_CHECKS } from "./kernel-counts.js";
import { LANGUAGE_CHECKS } from "./language.js";
import { NAME_CHECKS } from "./names.js";
import { ONELINER_CHECKS } from "./oneliners.js";
import { ORIGINAL_CHECKS } from "./originals.js";
import { PROGRAM_CHECKS } from "./programs.js";
import { PROVIDER_CHECKS } from "./providers.js";
import { TEXT_CHECKS } from "./texts.js";
import { TOOL_CHECKS } from "./tools.js";

export const CHECKS: readonly GuestCheck[] = [
  ...LANGUAGE_CHECKS,
  ...NAME_CHECKS,
  ...TOOL_CHECKS,
  ...ALLOCATOR_CHECKS,
  ...HEAP_CHECKS,
  ...ONELINER_CHECKS,
  ...KERNEL_COUNT_CHECKS,
  ...BEYOND_CHECKS,
  ...TEXT_CHECKS,
  ...AGGREGATE_CHECKS,
  ...COMMAND_CHECKS,
  ...BY_HAND_CHECKS,
  ...CONTAINER_CHECKS,
  ...ENDING_CHECKS,
  ...PROGRAM_CHECKS,
  ...PROVIDER_CHECKS,
  ...ORIGINAL_CHECKS,
];
