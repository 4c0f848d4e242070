/** Finds a QR code in what the camera shows right now. */
export type CodeDetector = (screen: HTMLVideoElement) => Promise<string | null>;

type DetectorClass = {
  new (options: { formats: "qr_code"[] }): { detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]> };
  getSupportedFormats(): Promise<readonly string[]>;
};

/** The browser's own detector, where it has one that knows QR codes (Chrome on Android; Safari and Firefox do not). */
async function ownDetector(): Promise<DetectorClass | null> {
  const { BarcodeDetector } = window as unknown as { BarcodeDetector?: DetectorClass };
  const formats: readonly string[] = (await BarcodeDetector?.getSupportedFormats().catch(() => [])) ?? [];
  return BarcodeDetector && formats.includes("qr_code") ? BarcodeDetector : null;
}

/** The same in WebAssembly, fetched from this site and only now. */
async function packedDetector(): Promise<DetectorClass> {
  const { BarcodeDetector, prepareZXingModule } = await import("barcode-detector/ponyfill");
  const file = new URL("zxing-wasm/reader/zxing_reader.wasm", import.meta.url).href;
  await prepareZXingModule({ overrides: { locateFile: () => file }, fireImmediately: true });
  return BarcodeDetector;
}

/** Whether the page's policy lets WebAssembly run: that of the page which was loaded, not of the one gone to since. */
const isLoadedHere = (): boolean => {
  const [loaded] = performance.getEntriesByType("navigation");
  return !loaded || new URL(loaded.name).pathname === window.location.pathname;
};

/**
 * Whether the page has to be loaded once more before `openDetector` can work: only the door's own page may run
 * WebAssembly, and who came here by a link still has the policy of the page before.
 */
export const needsReload = async (): Promise<boolean> => !isLoadedHere() && (await ownDetector()) === null;

/** Throws if there is no detector to be had: no network, or a browser without WebAssembly. */
export async function openDetector(): Promise<CodeDetector> {
  const Detector = (await ownDetector()) ?? (await packedDetector());
  const detector = new Detector({ formats: ["qr_code"] });
  return async (screen) => {
    if (screen.readyState < screen.HAVE_CURRENT_DATA) return null;
    const [found] = await detector.detect(screen);
    return found?.rawValue ?? null;
  };
}
