"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { call, read } from "@/components/api-client";
import { ApiProblem } from "@/components/api-problem";
import { forgetQueueToken, keepQueueToken, recallQueueToken } from "@/components/queue-token";
import type { Pulse, QueueView } from "@/lib/queue/schema";
import { joinLine } from "./join-line";
import { LineClock } from "./line-clock";
import { memorisePlace, recallPlace } from "./place-storage";
import { type LineState, QueuePoller } from "./queue-poller";

export type Line = LineState & {
  /** Gives the place up for good. */
  leave: () => Promise<void>;
  /** Lets the next five go first. */
  defer: () => Promise<void>;
  /** Makes a new token, so that every other device that has this place's loses it. */
  replaceToken: () => Promise<void>;
  /** The browser is working on the proof that the door asks for. */
  proving: boolean;
  /** Shows a view that something done here was answered with. */
  take: (view: QueueView) => void;
  rejoin: () => void;
  retry: () => void;
};

const NOTHING: LineState = { view: null, place: null, problem: null, offline: false };

/** Stands in a concert's line for as long as the component is on the page, together with the browser's other tabs. */
export function useLine(concertId: string): Line {
  const [state, setState] = useState<LineState>(NOTHING);
  const [proving, setProving] = useState(false);
  const poller = useRef<QueuePoller | null>(null);
  const channel = useRef<BroadcastChannel | null>(null);
  const path = `/concerts/${concertId}/queue`;

  useEffect(() => {
    const clock = new LineClock();
    const tabs = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(`frontrow.line.${concertId}`);
    const own = new QueuePoller({
      join: () => joinLine(path, setProving),
      poll: () => read<QueueView>(path, { concertId }),
      pulse: () => read<Pulse>(`${path}/pulse`, { shared: true }),
      hasToken: () => recallQueueToken(concertId) !== null,
      keepToken: (token) => keepQueueToken(concertId, token),
      forgetToken: () => forgetQueueToken(concertId),
      recall: () => recallPlace(concertId),
      memorise: (place) => memorisePlace(concertId, place),
      share: (view) => tabs?.postMessage(view),
      onChange: setState,
      asProblem: (error) => (error instanceof ApiProblem ? error : new ApiProblem("internal", 0, String(error))),
      isOnline: () => navigator.onLine,
      setTimer: clock.set,
      now: () => Date.now(),
      random: Math.random,
    });
    poller.current = own;
    channel.current = tabs;
    if (tabs) tabs.onmessage = ({ data }: MessageEvent<QueueView>) => own.adopt(data);
    const onVisible = () => {
      if (document.visibilityState === "visible") own.wake();
    };
    const onOnline = () => own.wake();
    const onOffline = () => own.lostNetwork();
    document.addEventListener("visibilitychange", onVisible);
    window.addEventListener("pageshow", onVisible);
    window.addEventListener("online", onOnline);
    window.addEventListener("offline", onOffline);
    own.start();
    return () => {
      own.stop();
      clock.close();
      tabs?.close();
      document.removeEventListener("visibilitychange", onVisible);
      window.removeEventListener("pageshow", onVisible);
      window.removeEventListener("online", onOnline);
      window.removeEventListener("offline", onOffline);
    };
  }, [concertId, path]);

  const leave = useCallback(async () => {
    await call(path, { method: "DELETE", concertId });
    forgetQueueToken(concertId);
    const { current } = poller;
    const view = state.view;
    if (!current || !view) return;
    const left: QueueView = { ...view, status: "left", position: null, ahead: null, admittedUntil: null };
    channel.current?.postMessage(left);
    current.adopt(left);
  }, [concertId, path, state.view]);

  const take = useCallback((view: QueueView) => poller.current?.take(view), []);

  const defer = useCallback(async () => {
    take(await read<QueueView>(`${path}/deferral`, { method: "POST", concertId }));
  }, [concertId, path, take]);

  const replaceToken = useCallback(async () => {
    take(await read<QueueView>(`${path}/token`, { method: "POST" }));
  }, [path, take]);

  const rejoin = useCallback(() => poller.current?.rejoin(), []);
  const retry = useCallback(() => poller.current?.wake(), []);
  return { ...state, leave, defer, replaceToken, take, rejoin, retry, proving };
}
