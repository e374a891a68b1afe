import { offsetMinutes } from "$design/time";

/** The instant at which a clock on the wall in `zone` shows `local` ("2026-11-25T12:00"); null for a text that is no time. In the hour that a clock change leaves out, the time after it. */
export function fromWall(local: string, zone: string): string | null {
	const asUtc = Date.parse(`${local}Z`);
	if (Number.isNaN(asUtc)) return null;
	// The offset at the instant, not at the time read as UTC: two steps find it but in the left-out hour.
	const first = asUtc - offsetMinutes(asUtc, zone) * 60_000;
	const second = asUtc - offsetMinutes(first, zone) * 60_000;
	const at = toWall(new Date(second).toISOString(), zone) === local.slice(0, 16) ? second : Math.max(first, second);
	return new Date(at).toISOString();
}

/** What a clock on the wall in `zone` shows, as a `datetime-local` input has it. */
export function toWall(at: string, zone: string): string {
	const instant = Date.parse(at);
	return new Date(instant + offsetMinutes(instant, zone) * 60_000).toISOString().slice(0, 16);
}
