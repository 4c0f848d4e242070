import { exponential, randomOf } from "./random";
import type { Scenario } from "./scenario";

/** The fans in the order in which they come; all times are seconds after the opening. */
export type Crowd = {
  arrival: Float64Array;
  /** When each leaves the line if it is not yet the turn; infinite for those who stay. */
  leaves: Float64Array;
  /** 1 for whoever gets a turn and never claims it. */
  ghost: Uint8Array;
};

/** The part of a burst that stands at the door when it opens. */
const AT_THE_DOOR = 0.5;
/** The rest of a burst thins out by half this often within its time. */
const HALVINGS = 6;

function arrivalTimes({ fans, arrivals, overSeconds }: Scenario, random: () => number): Float64Array {
  const times = new Float64Array(fans);
  for (let at = 0; at < fans; at += 1) {
    if (arrivals === "steady") times[at] = ((at + 0.5) * overSeconds) / fans;
    // A Poisson process of which the total is known: each comes at any time alike.
    else if (arrivals === "poisson") times[at] = random() * overSeconds;
    else if (random() >= AT_THE_DOOR) times[at] = Math.min(overSeconds, exponential(overSeconds / HALVINGS, random));
  }
  return times.sort();
}

/** Makes the crowd of a scenario: the same one for the same seed. */
export function makeCrowd(scenario: Scenario): Crowd {
  const random = randomOf(scenario.seed);
  const arrival = arrivalTimes(scenario, random);
  const leaves = new Float64Array(scenario.fans).fill(Number.POSITIVE_INFINITY);
  const ghost = new Uint8Array(scenario.fans);
  for (let at = 0; at < scenario.fans; at += 1) {
    ghost[at] = random() < scenario.ghosts ? 1 : 0;
    // A ghost has gone without a word, so it never leaves either.
    if (scenario.patienceSeconds !== null && ghost[at] === 0) {
      leaves[at] = (arrival[at] as number) + exponential(scenario.patienceSeconds, random);
    }
  }
  return { arrival, leaves, ghost };
}
