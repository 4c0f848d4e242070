import { createHash } from "node:crypto";
import { type Sha256, verifyDraw } from "@/lib/queue/draw-rules";
import { drawFromFile, drawFromServer, type PublishedDraw, saving } from "./draw/sources";
import { inWords } from "./draw/words";
import { readArguments } from "./shared/arguments";
import { printResult, say } from "./shared/print";
import { Progress } from "./shared/progress";
import { runCommand, UsageFault } from "./shared/run";

const NAME = "draw:verify";

const HELP = `
npm run draw:verify -- --url ADDRESS --concert ID [--place DRAWID] [--seed-hash HASH] [--save FILE]
npm run draw:verify -- --file FILE [--place DRAWID] [--seed-hash HASH]

Recomputes a concert's whole draw from what is published and says whether it is right: the seed against the hash that
was public before anyone came, the list of those drawn against the lobby's digest, and every single place against the
seed and the digest. Asks no database and trusts no server. Prints a line of JSON; ends with 1 if anything is wrong.

  --url ADDRESS      a Frontrow server, such as https://tickets.example
  --concert ID       the concert's id or slug
  --file FILE        instead of those: a draw that --save wrote
  --save FILE        keeps what was published, for checking it again elsewhere
  --place DRAWID     also says which number this place has (your draw id, from the waiting room)
  --seed-hash HASH   the hash of the seed as you noted it before the opening
  -h, --help         this text
`;

const sha256: Sha256 = async (texts) => texts.map((text) => createHash("sha256").update(text).digest("hex"));

type Values = { url?: string; concert?: string; file?: string; save?: string };

async function source({ url, concert, file, save }: Values): Promise<PublishedDraw> {
  if (file !== undefined) {
    if (url !== undefined || concert !== undefined) throw new UsageFault("Either --file, or --url and --concert.");
    return await drawFromFile(file);
  }
  if (url === undefined || concert === undefined) throw new UsageFault("Which draw? --url and --concert, or --file.");
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new UsageFault("--url must be an address such as https://tickets.example.");
  }
  const draw = await drawFromServer(url, concert);
  return save === undefined ? draw : await saving(draw, save);
}

async function main(): Promise<number> {
  const { values } = readArguments({
    help: HELP,
    options: {
      url: { type: "string" },
      concert: { type: "string" },
      file: { type: "string" },
      save: { type: "string" },
      place: { type: "string" },
      "seed-hash": { type: "string" },
    },
  });
  const { facts, pages } = await source(values);
  const progress = new Progress("places");
  const { checked, problems, place } = await verifyDraw(sha256, facts, pages, {
    ...(values["seed-hash"] === undefined ? {} : { pledged: values["seed-hash"] }),
    ...(values.place === undefined ? {} : { drawId: values.place.toLowerCase() }),
    onProgress: (done) => progress.update("Checking places", done, facts.count ?? done),
  });
  progress.stop();
  const { seedHash, digest, count } = facts;
  printResult({ ok: problems.length === 0, checked, count, place, seedHash, digest, problems });
  for (const problem of problems) say(inWords(problem));
  if (problems.length === 0) {
    say(`The draw is right: ${checked.toLocaleString("en")} places, every one where seed and list put it.`);
    if (place !== null) say(`${values.place} drew number ${place.toLocaleString("en")}.`);
  }
  return problems.length === 0 ? 0 : 1;
}

await runCommand(NAME, main);
