// A push service on loopback that reads what it is sent, as a browser's would let the browser do:
// RFC 8030 (delivery), RFC 8188 and 8291 (encryption), RFC 8292 (who sends).
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from "node:crypto";
import { createServer } from "node:http";

const bytes = (text) => Buffer.from(text, "base64url");

/** Starts it. Every device made with `device(name)` keeps what it received in `received`. */
export async function startPushService() {
	const devices = new Map();
	const server = createServer((request, response) => {
		const parts = [];
		request.on("data", (part) => parts.push(part));
		request.on("end", () => {
			const device = devices.get(request.url);
			if (!device) return response.writeHead(410).end();
			try {
				checkSender(request.headers.authorization, `http://${request.headers.host}`);
				const message = JSON.parse(decrypt(device, Buffer.concat(parts)));
				device.received.push({ ...message, urgency: request.headers.urgency ?? "normal" });
				response.writeHead(201).end();
			} catch (error) {
				device.problems.push(error.message);
				response.writeHead(400).end();
			}
		});
	});
	await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
	const host = `127.0.0.1:${server.address().port}`;
	return {
		host,
		/** A browser's subscription: what it tells the server, and what has come. */
		device(name) {
			const keys = createECDH("prime256v1");
			keys.generateKeys();
			const auth = randomBytes(16);
			const device = { keys, auth, received: [], problems: [] };
			devices.set(`/${name}`, device);
			return Object.assign(device, {
				subscription: {
					endpoint: `http://${host}/${name}`,
					p256dh: keys.getPublicKey().toString("base64url"),
					auth: auth.toString("base64url"),
					label: name,
				},
				/** The browser forgot it: the service answers 410 from now on. */
				gone: () => devices.delete(`/${name}`),
			});
		},
		stop: () => new Promise((done) => server.close(done)),
	};
}

/** The sender signs who it is and for which origin, port included. */
function checkSender(authorization, origin) {
	const found = /^vapid t=([^,]+), ?k=([\w-]+)$/.exec(authorization ?? "");
	if (!found) throw new Error("there is no VAPID header");
	const [head, body, signature] = found[1].split(".");
	const point = bytes(found[2]);
	const key = createPublicKey({
		format: "jwk",
		key: {
			kty: "EC",
			crv: "P-256",
			x: point.subarray(1, 33).toString("base64url"),
			y: point.subarray(33).toString("base64url"),
		},
	});
	const signed = verify("sha256", Buffer.from(`${head}.${body}`), { key, dsaEncoding: "ieee-p1363" }, bytes(signature));
	if (!signed) throw new Error("the signature is wrong");
	const claims = JSON.parse(bytes(body));
	if (claims.aud !== origin) throw new Error(`aud is ${claims.aud}, not ${origin}`);
}

/** One aes128gcm record, RFC 8291 section 3.4. */
function decrypt({ keys, auth }, body) {
	const salt = body.subarray(0, 16);
	const idLength = body[20];
	const sender = body.subarray(21, 21 + idLength);
	const secret = keys.computeSecret(sender);
	const info = Buffer.concat([Buffer.from("WebPush: info\0"), keys.getPublicKey(), sender]);
	const key = Buffer.from(hkdfSync("sha256", secret, auth, info, 32));
	const contentKey = Buffer.from(hkdfSync("sha256", key, salt, "Content-Encoding: aes128gcm\0", 16));
	const nonce = Buffer.from(hkdfSync("sha256", key, salt, "Content-Encoding: nonce\0", 12));
	const sealed = body.subarray(21 + idLength);
	const cipher = createDecipheriv("aes-128-gcm", contentKey, nonce);
	cipher.setAuthTag(sealed.subarray(-16));
	const padded = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
	return padded.subarray(0, padded.lastIndexOf(2)).toString("utf8");
}
