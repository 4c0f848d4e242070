import type { Page } from "@playwright/test";
import { buyTicket } from "./buy";
import { expect, expectAccessible, registerFan, signIn, test } from "./fixtures";
import { organizerAccount } from "./organizer";

const CONCERT = "bluesquare-strings-2027";

test("a fan gives a ticket away by link, and the friend has it", async ({ page, fan, browser }) => {
  expect(fan.email).toBeTruthy();
  const { id } = await buyTicket(page, CONCERT);
  await page.goto(`/ko/tickets/${id}`);
  await page.getByRole("button", { name: "보내기" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "링크 만들기" }).click();
  const link = await page.getByRole("textbox", { name: "티켓을 받을 수 있는 링크" }).inputValue();
  await expectAccessible(page);

  const origin = `http://127.0.0.1:${process.env.FRONTROW_E2E_PORT}`;
  const context = await browser.newContext({ baseURL: origin, locale: "ko-KR" });
  const friend = await context.newPage();
  const { email, password } = await registerFan(friend);
  const asked: string[] = [];
  friend.on("request", (request) => asked.push(request.url()));
  await friend.goto(link);
  await expect(friend.getByRole("heading", { name: "티켓이 도착했어요" })).toBeVisible();
  await friend.locator("main").getByRole("link", { name: "로그인" }).click();
  await friend.fill("#email", email);
  await friend.fill("#password", password);
  await friend.locator("form button[type=submit]").click();
  await expect(friend.getByText("Kim Nari님이 티켓을 보냈어요.")).toBeVisible();
  await expectAccessible(friend);
  await friend.getByRole("button", { name: "티켓 받기" }).click();
  await friend.waitForURL(new RegExp(`/tickets/${id}$`));
  await expect(friend.getByRole("img", { name: /QR/ })).toBeVisible();
  // The token never stands in an address that a server sees.
  const token = link.split("#")[1] as string;
  expect(token.length).toBeGreaterThan(40);
  expect(asked.filter((url) => url.includes(token) && !url.includes(`#${token}`))).toEqual([]);

  await expect(page.getByRole("heading", { name: "티켓이 새 주인에게 갔어요" })).toBeVisible();
  await page.goto("/ko/tickets");
  await expect(page.getByRole("heading", { name: "보낸 티켓" })).toBeVisible();
  await expectAccessible(page);
  await friend.goto(link);
  await expect(friend.getByRole("link", { name: "내 티켓 보기" })).toBeVisible();
  await context.close();
});

/** A camera that films a QR code: a picture drawn again and again. */
async function filmCode(page: Page, svg: string): Promise<void> {
  await page.addInitScript(
    (picture) => {
      navigator.mediaDevices.getUserMedia = async () => {
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [640, 480];
        const image = new Image();
        image.src = picture;
        await image.decode();
        const paint = canvas.getContext("2d") as CanvasRenderingContext2D;
        setInterval(() => {
          paint.fillStyle = "#998";
          paint.fillRect(0, 0, 640, 480);
          paint.drawImage(image, 140, 60, 360, 360);
        }, 50);
        return canvas.captureStream(20);
      };
    },
    `data:image/svg+xml,${encodeURIComponent(svg)}`,
  );
}

test("the door lets a filmed ticket in once, and says when that was", async ({ page, fan, browser }) => {
  expect(fan.email).toBeTruthy();
  const { id, code, concertId, performanceId } = await buyTicket(page, CONCERT);
  const svg = await (await page.request.get(`/api/tickets/${id}.svg`)).text();
  // Drawn at the size of its modules, as an image without a size of its own would not be.
  const sized = svg.replace("<svg ", '<svg width="720" height="720" ');

  const origin = `http://127.0.0.1:${process.env.FRONTROW_E2E_PORT}`;
  const context = await browser.newContext({ baseURL: origin, locale: "ko-KR" });
  const door = await context.newPage();
  const errors: string[] = [];
  door.on("console", (message) => {
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) errors.push(message.text());
  });
  const elsewhere: string[] = [];
  door.on("request", (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(origin)) elsewhere.push(request.url());
  });
  await signIn(door, await organizerAccount());
  await filmCode(door, sized);
  // By a link, from a page that may not run WebAssembly.
  await door.goto("/ko/organizer");
  await door.getByRole("link", { name: "입장 확인" }).first().click();
  await door.waitForURL(/check-in$/);
  await door.locator("#door-concert").selectOption(concertId);
  await door.locator("#door-performance").selectOption(performanceId);
  await expectAccessible(door);
  await door.getByRole("button", { name: "카메라로 확인" }).click();
  await expect(door.getByText("입장하세요").first()).toBeVisible();
  await expectAccessible(door);
  await expect(door.locator("main")).toContainText(/입장한 사람[1-9]/);
  await door.getByRole("button", { name: "카메라 끄기" }).click();

  await door.fill("#code", code);
  await door.getByRole("button", { name: "확인", exact: true }).click();
  await expect(door.getByText("이미 입장한 티켓이에요").first()).toBeVisible();
  await expect(door.getByText(/처음 확인한 시각/).first()).toBeVisible();
  await door.fill("#code", `${code.slice(0, -2)}AA`);
  await door.getByRole("button", { name: "확인", exact: true }).click();
  await expect(door.getByText("유효하지 않은 티켓이에요").first()).toBeVisible();
  await expectAccessible(door);
  expect(elsewhere).toEqual([]);
  expect(errors).toEqual([]);
  await context.close();
});
