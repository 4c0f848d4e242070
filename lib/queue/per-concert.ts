import type { Db } from "@/db/client";
import { Batcher } from "@/lib/core/batcher";
import { oncePerProcess } from "@/lib/core/registry";

const MOST = { batch: 1000, waiting: 20_000 };

/**
 * One question about many things of a concert, asked once for all who ask at the same time: at most one statement is
 * under way per process, client and concert, and no answer is older than its question. `run` answers in order.
 */
export function perConcert<In, Out>(
  name: string,
  run: (db: Db, concertId: string, items: In[]) => Promise<(Out | Error)[]>,
): (db: Db, concertId: string, item: In) => Promise<Out> {
  const batchers = () => oncePerProcess(name, () => new WeakMap<object, Map<string, Batcher<In, Out>>>());
  return (db, concertId, item) => {
    let ofDb = batchers().get(db);
    if (!ofDb) {
      ofDb = new Map();
      batchers().set(db, ofDb);
    }
    let batcher = ofDb.get(concertId);
    if (!batcher) {
      batcher = new Batcher((items) => run(db, concertId, items), MOST);
      ofDb.set(concertId, batcher);
    }
    return batcher.add(item);
  };
}
