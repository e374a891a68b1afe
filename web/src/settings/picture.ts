/** A photo made ready to be a face: square and small, so that no page waits for it. */

export const PICTURE_TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif"];
/** More than this the server does not take. */
export const MOST_BYTES = 5_000_000;
/** Pixels of each side: enough for a face on a dense screen. */
const SIDE = 384;

/** The largest square in the middle of a picture: where to begin, and its side. */
export function middleSquare(width: number, height: number): { x: number; y: number; side: number } {
	const side = Math.min(width, height);
	return { x: Math.round((width - side) / 2), y: Math.round((height - side) / 2), side };
}

/** The middle of the photo as a small picture; the file itself where this browser cannot read or draw it. */
export async function squarePicture(file: File): Promise<Blob> {
	if (file.type === "image/gif") return file;
	try {
		const photo = await createImageBitmap(file, { imageOrientation: "from-image" });
		const { x, y, side } = middleSquare(photo.width, photo.height);
		const size = Math.min(SIDE, side);
		const canvas = new OffscreenCanvas(size, size);
		canvas.getContext("2d")?.drawImage(photo, x, y, side, side, 0, 0, size, size);
		photo.close();
		return await canvas.convertToBlob({ type: file.type === "image/png" ? "image/png" : "image/jpeg", quality: 0.88 });
	} catch {
		return file;
	}
}
