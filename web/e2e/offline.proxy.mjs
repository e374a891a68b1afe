import http from "node:http";

/** A proxy between browser and server that loses, delays, refuses and cuts as a bad network does. */
export async function badNetwork(target) {
	const faults = {
		/** So many writes reach the server, and their answers get lost. */
		loseAnswers: 0,
		/** So many writes are answered with a refusal and do not reach the server. */
		refuse: 0,
		/** The next write waits so long, in milliseconds, on its way to the server. */
		hang: 0,
		/** No request of the API gets through, while everything else does. */
		apiDead: false,
		/** Writes reach nobody and get no answer, and their connections stay open. */
		writesHang: false,
		/** No write gets through, while everything else does. */
		writesDead: false,
		/** The service worker is that of another version. */
		newVersion: false,
	};
	/** Every write of a post that came this way: its path, its Idempotency-Key, and the server's status once it answered. */
	const writes = [];
	/** Every request of the API that reached the server: how many, and the bytes of their answers. */
	const traffic = { requests: 0, bytes: 0 };
	const streams = new Set();
	/** Writes that are on their way. */
	let travelling = 0;

	const server = http.createServer(async (request, response) => {
		const api = request.url.startsWith("/api/");
		const write = request.method === "POST" && request.url.endsWith("/posts");
		const record = { path: request.url, key: request.headers["idempotency-key"], status: undefined, body: undefined };
		if (write) writes.push(record);
		if (write && faults.writesHang) return request.resume();
		if (api && (faults.apiDead || (write && faults.writesDead))) return request.socket.destroy();
		if (write && faults.refuse > 0) {
			faults.refuse--;
			request.resume();
			response.writeHead(422, { "content-type": "application/problem+json" });
			return response.end(
				JSON.stringify({
					type: "about:blank",
					code: "too_long",
					title: "Unprocessable Entity",
					status: 422,
					detail: "source: is too long.",
					field: "source",
					problem: "is too long",
				}),
			);
		}
		const chunks = [];
		for await (const chunk of request) chunks.push(chunk);
		if (write) record.body = JSON.parse(Buffer.concat(chunks).toString());
		if (write && faults.hang > 0) {
			const wait = faults.hang;
			faults.hang = 0;
			travelling++;
			await new Promise((resolve) => setTimeout(resolve, wait));
			travelling--;
		}
		// The worker may have to be rewritten on its way: it is needed whole and plain.
		if (request.url === "/sw.js")
			for (const name of ["accept-encoding", "if-none-match", "if-modified-since"]) delete request.headers[name];
		const lose = write && faults.loseAnswers > 0;
		if (lose) faults.loseAnswers--;
		const forwarded = http.request(
			target + request.url,
			{ method: request.method, headers: request.headers },
			(answer) => {
				record.status = answer.statusCode;
				if (api) traffic.requests++;
				if (api) answer.on("data", (chunk) => (traffic.bytes += chunk.length));
				if (lose) answer.resume().on("end", () => request.socket.destroy());
				else pass(request, answer, response);
			},
		);
		forwarded.on("error", () => request.socket.destroy());
		forwarded.end(Buffer.concat(chunks));
	});

	async function pass(request, answer, response) {
		if (request.url === "/sw.js" && faults.newVersion) return passNewVersion(answer, response);
		response.writeHead(answer.statusCode, answer.headers);
		answer.pipe(response);
		answer.on("error", () => response.destroy());
		if (!`${answer.headers["content-type"]}`.startsWith("text/event-stream")) return;
		streams.add(response);
		response.on("close", () => {
			streams.delete(response);
			answer.destroy();
		});
	}

	await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		url: `http://127.0.0.1:${server.address().port}`,
		faults,
		writes,
		traffic,
		/** No write is held up on its way. */
		isClear: () => travelling === 0,
		/** Every open stream is cut. */
		cutStreams: () => {
			for (const stream of streams) stream.destroy();
		},
		/** The network is good again and has seen nothing. */
		heal: () => {
			Object.assign(faults, {
				loseAnswers: 0,
				refuse: 0,
				hang: 0,
				apiDead: false,
				writesHang: false,
				writesDead: false,
				newVersion: false,
			});
			writes.length = 0;
			Object.assign(traffic, { requests: 0, bytes: 0 });
		},
		close: () => {
			server.close();
			server.closeAllConnections();
		},
	};
}

/** The same worker under another name: the browser takes it for a new version and installs it beside the old one. */
async function passNewVersion(answer, response) {
	const chunks = [];
	for await (const chunk of answer) chunks.push(chunk);
	const text = Buffer.concat(chunks).toString();
	const renamed = text.replace(/"version":\s*"([^"]*)"/, '"version":"$1-next"');
	const { "content-length": _, etag: __, ...headers } = answer.headers;
	response.writeHead(answer.statusCode, headers);
	response.end(renamed);
}
