import { pause } from "@/db/embedded-processes";
import type { World } from "./fan/state";
import { between, pick, randomOf } from "./random";

const CALM = { mode: "on", activeLimit: 15, admissionsPerMinute: 3000 };

/** Changes the steered rooms and reads their numbers until `isOver`, then leaves them open. */
export async function organise(world: World, isOver: () => boolean): Promise<void> {
  const hall = world.halls.find(({ isSteered }) => isSteered);
  if (!hall) return;
  const act = (method: string, path: string, server: number, body?: unknown) =>
    world.caller.call({ fan: -1, what: "organise", method, path, bearer: world.organizer, server, body });
  const path = `/admin/concerts/${hall.id}/waiting-room`;
  for (let step = 0; !isOver(); step += 1) {
    const random = randomOf(world.seed, "organizer", step);
    const server = between(random, 0, 1);
    if (random() < 0.6) {
      const mode = pick(random, ["on", "on", "on", "paused", "off"]);
      await act("PATCH", path, server, { mode, activeLimit: between(random, 1, 20) });
    } else await act("GET", `/admin/concerts/${pick(random, world.halls).id}/stats`, server);
    await pause(500 + 1500 * random());
  }
  for (let tries = 0; tries < 30; tries += 1) {
    if ((await act("PATCH", path, tries % 2, CALM)).outcome === "ok") return;
    await pause(500);
  }
}

/** Makes a code for each concert that lets fans pass its line. */
export async function invite({ caller, halls, organizer, invitations }: World): Promise<void> {
  for (const { id } of halls) {
    const { body } = await caller.call({
      fan: -1,
      what: "organise",
      method: "POST",
      path: `/admin/concerts/${id}/invitations`,
      bearer: organizer,
      server: 0,
      body: { label: "Friends of the storm", usesLimit: 100_000 },
    });
    if (body?.code) invitations.set(id, body.code);
  }
}
