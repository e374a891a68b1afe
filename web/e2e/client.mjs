import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import http from "node:http";
import { extname, join } from "node:path";

const TYPES = {
	".css": "text/css",
	".html": "text/html; charset=utf-8",
	".js": "text/javascript",
	".json": "application/json",
	".png": "image/png",
	".svg": "image/svg+xml",
	".webmanifest": "application/manifest+json",
	".woff2": "font/woff2",
};

/** Another build of the client before a server: its files come from `folder` as the server would answer them, the API from the server at `target`. */
export async function serveClient(folder, target) {
	if (!existsSync(join(folder, "index.html"))) throw new Error(`there is no client in ${folder}`);
	const server = http.createServer(async (request, response) => {
		if (request.url.startsWith("/api/")) return pass(request, response, target);
		const { pathname } = new URL(request.url, target);
		const wanted = join(folder, decodeURIComponent(pathname));
		const found = wanted.startsWith(folder) && (await stat(wanted).catch(() => null))?.isFile();
		const file = found ? wanted : join(folder, "index.html");
		const packed = request.headers["accept-encoding"]?.includes("br") && existsSync(`${file}.br`);
		response.writeHead(200, {
			"content-type": TYPES[extname(file)] ?? "application/octet-stream",
			"cache-control": pathname.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache",
			...(packed ? { "content-encoding": "br" } : {}),
		});
		response.end(await readFile(packed ? `${file}.br` : file));
	});
	await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		url: `http://127.0.0.1:${server.address().port}`,
		close: () => {
			server.close();
			server.closeAllConnections();
		},
	};
}

function pass(request, response, target) {
	const forwarded = http.request(
		target + request.url,
		{ method: request.method, headers: request.headers },
		(answer) => {
			response.writeHead(answer.statusCode, answer.headers);
			answer.pipe(response);
			answer.on("error", () => response.destroy());
			response.on("close", () => answer.destroy());
		},
	);
	forwarded.on("error", () => request.socket.destroy());
	request.pipe(forwarded);
}
