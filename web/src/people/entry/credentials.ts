/** What a person writes to become a member, checked before it is sent. The server checks it again. */
import { m } from "$paraglide/messages";

export const SHORTEST_PASSWORD = 10;

/** Why it cannot be sent; empty when it can. */
export function nameProblem(name: string): string {
	return name.trim() === "" ? m.people_write_name() : "";
}

export function emailProblem(email: string): string {
	return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email.trim()) ? "" : m.people_write_email();
}

export function passwordProblem(password: string): string {
	return [...password].length < SHORTEST_PASSWORD ? m.people_password_short({ count: SHORTEST_PASSWORD }) : "";
}

/** What most people are called for short: the first word of their name. They may write another. */
export function shortNameOf(name: string): string {
	return name.trim().split(/\s+/)[0] ?? "";
}
