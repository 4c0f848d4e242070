import type { DrawProblem } from "@/lib/queue/draw-rules";

/** A problem of a draw in plain words. */
export function inWords(problem: DrawProblem): string {
  switch (problem.check) {
    case "method":
      return "It was drawn by rules that this version does not know.";
    case "unfinished":
      return "The draw is not over yet: there is nothing to check.";
    case "seed":
      return "The seed is not the one whose hash was published.";
    case "pledge":
      return "The published hash of the seed is not the one you noted before.";
    case "count":
      return "There are more or fewer places than were announced.";
    case "digest":
      return "The list of those who were drawn is not the one that the lobby closed with.";
    case "order":
      return `Number ${problem.number} is not where the seed puts it.`;
    case "page":
      return `The places do not follow one another at number ${problem.number}.`;
    case "place":
      return `${problem.drawId} is not in the draw.`;
  }
}
