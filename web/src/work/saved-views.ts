/** Between what the address says of a board and a view that is kept under a name. */
import type { TaskView } from "$app/routes";
import type { Member, Shows } from "$data/types";

type People = (which: { id: string } | { slug: string }) => Pick<Member, "id" | "slug"> | undefined;

/** What the address shows, as it is kept: people by their ids, because addresses of people change. */
export function showsOf(view: TaskView, people: People): Shows {
	const { as, find, owner, label, due, choice, group, sort, columns, span } = view;
	const id = owner && owner !== "none" ? people({ slug: owner })?.id : undefined;
	return defined({
		as,
		find: find?.trim() || undefined,
		owner: id,
		nobody: owner === "none" || undefined,
		label,
		due,
		choice,
		group,
		sort,
		columns: columns?.split(",").filter(Boolean),
		span,
	});
}

/** The address of a view that is kept. `project`: where the address names it. */
export function viewOf(shows: Shows, saved: string, project: string | undefined, people: People): TaskView {
	const { as, nobody, owner, columns, group, sort, span, ...same } = shows;
	return defined({
		...same,
		project,
		saved,
		as: as === "board" ? undefined : as,
		owner: nobody ? "none" : owner ? people({ id: owner })?.slug : undefined,
		group: group === "stage" ? undefined : group,
		sort: sort === "place" ? undefined : sort,
		columns: columns?.join(","),
		span: span === "month" ? undefined : span,
	});
}

/** Whether the address shows something else than the view of that name. */
export function isChanged(view: TaskView, shows: Shows, people: People): boolean {
	const canonical = (given: Shows) => {
		const { as, group, sort, span, ...rest } = given;
		const usual = {
			...rest,
			as: as === "board" ? undefined : as,
			group: group === "stage" ? undefined : group,
			sort: sort === "place" ? undefined : sort,
			span: span === "month" ? undefined : span,
			nobody: rest.nobody || undefined,
		};
		return JSON.stringify(Object.entries(defined(usual)).sort(([a], [b]) => (a < b ? -1 : 1)));
	};
	return canonical(showsOf(view, people)) !== canonical(shows);
}

function defined<T extends object>(given: { [K in keyof T]: T[K] | undefined }): T {
	return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;
}
