/** Made by `build/languages.ts`. */
declare module "virtual:meridian-languages" {
	/** Fetches the texts of a language. English is in the screens themselves, and without a build so is every language. */
	const loaders: Partial<Record<string, () => Promise<{ default: readonly ((inputs?: unknown) => string)[] }>>>;
	export default loaders;
}
