// What programs are for: the categories with their pictures, and a tile that shows one.

import Clapperboard from "lucide-solid/icons/clapperboard";
import Cog from "lucide-solid/icons/cog";
import Gamepad2 from "lucide-solid/icons/gamepad-2";
import Globe from "lucide-solid/icons/globe";
import GraduationCap from "lucide-solid/icons/graduation-cap";
import MessagesSquare from "lucide-solid/icons/messages-square";
import Palette from "lucide-solid/icons/palette";
import Shapes from "lucide-solid/icons/shapes";
import type { JSX } from "solid-js";
import { Dynamic } from "solid-js/web";
import type { CategoryView } from "../generated/protocol";

/** In the order in which people sort; the keys 1 to 8 follow it. */
export const CATEGORIES: CategoryView[] = [
  "game",
  "learning",
  "social",
  "video",
  "browser",
  "creative",
  "system",
  "other",
];

const PICTURES: Record<CategoryView, typeof Cog> = {
  game: Gamepad2,
  learning: GraduationCap,
  social: MessagesSquare,
  video: Clapperboard,
  browser: Globe,
  creative: Palette,
  system: Cog,
  other: Shapes,
};

export function CategoryPicture(props: { category: CategoryView }): JSX.Element {
  return <Dynamic component={PICTURES[props.category]} aria-hidden="true" />;
}

export function CategoryTile(props: { category: CategoryView }): JSX.Element {
  return (
    <span class={`tile tile-${props.category}`} aria-hidden="true">
      <CategoryPicture category={props.category} />
    </span>
  );
}

/** The youngest age of a rating as it is written on a box: "12+". */
export function ratingMark(rating: number): string {
  return `${String(rating).padStart(2, "0")}+`;
}
