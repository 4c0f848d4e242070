import { execFile } from "node:child_process";
import { open, rm, statfs } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { pause } from "@/db/embedded-processes";

const run = promisify(execFile);

const CHUNK = Buffer.alloc(4 * 1024 * 1024);

/** A small disk of its own (tmpfs) for PostgreSQL's files, which can be filled up. */
export class SmallDisk {
  fills = 0;

  private constructor(private readonly dir: string) {}

  /** Null where mounting is not permitted. */
  static async mount(dir: string, megabytes: number): Promise<SmallDisk | null> {
    try {
      await run("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=0755`, "frontrow-storm", dir]);
      return new SmallDisk(dir);
    } catch {
      return null;
    }
  }

  /** Leaves no byte free for `ms`. */
  async fill(ms: number): Promise<void> {
    const file = path.join(this.dir, "filler");
    const handle = await open(file, "w");
    try {
      for (;;) if ((await handle.write(CHUNK)).bytesWritten < CHUNK.length) break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    } finally {
      await handle.close();
    }
    this.fills += 1;
    await pause(ms);
    await rm(file, { force: true });
  }

  /** What lies on it now. */
  async usedMegabytes(): Promise<number> {
    const { blocks, bfree, bsize } = await statfs(this.dir);
    return ((blocks - bfree) * bsize) / 1024 ** 2;
  }

  async unmount(): Promise<void> {
    // Not before the last process has left it.
    for (let tries = 0; tries < 50; tries += 1) {
      if (
        await run("umount", [this.dir]).then(
          () => true,
          () => false,
        )
      )
        return;
      await pause(100);
    }
    await run("umount", ["-l", this.dir]);
  }
}
