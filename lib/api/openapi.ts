import type { OpenAPIHono } from "@hono/zod-openapi";
import { ROOT_DESCRIPTION } from "./openapi-text";

/** The OpenAPI 3.1 document of everything that was described to the app. */
export type OpenApiDocument = ReturnType<OpenAPIHono["getOpenAPI31Document"]>;

export function openApiDocument(app: OpenAPIHono): OpenApiDocument {
  app.openAPIRegistry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    description: "The token of `POST /api/sessions`, for apps and scripts. It goes before a cookie.",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "cookie", {
    type: "apiKey",
    in: "cookie",
    name: "next-auth.session-token",
    description: "A browser's session (over https the name begins with `__Secure-`).",
  });
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Frontrow API", version: "1", description: ROOT_DESCRIPTION },
    servers: [{ url: "/" }],
  });
}
